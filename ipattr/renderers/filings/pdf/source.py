"""The one typst source of every PDF; what it prints comes to it as JSON, never as markup."""

from __future__ import annotations

SOURCE = r"""
#let d = json(bytes(sys.inputs.data))
#let wide = d.width * 1pt
#let high = d.height * 1pt

#set document(title: d.title)
#set text(font: d.serif, size: 12pt, lang: "ja", region: "JP", hyphenate: false, ligatures: false,
  top-edge: 0.88em, bottom-edge: -0.12em)
#set par(leading: 0.6em, spacing: 0.6em, justify: true, linebreaks: "simple")

// Evidence is set whole: as it is, or a little smaller. Another run is set whole where it fits. What remains is torn
// where a sign separates, and as the last resort anywhere. A box allows a break and leaves no character in the text.
#let piece(p, room) = {
  if type(p) == str { return text(p) }
  let (evidence, glue, ..parts) = p
  let whole = text(parts.join())
  let size = measure(whole).width
  let left-over = room - glue * measure(h(1em)).width
  if size <= left-over { return box(whole) }
  let smaller = 0.995em * (left-over / size)
  if evidence == 1 and smaller.to-absolute() >= 6pt { return box(text(size: smaller, parts.join())) }
  parts.map(part => if measure(text(part)).width <= room { text(part) } else {
    part.clusters().map(one => text(one)).join(box())
  }).join(box())
}
#let say(lines, room) = lines.map(line => {
  if type(line) == str { text(line) } else { context line.map(p => piece(p, room)).join() }
}).join(linebreak())

#let heading-of(b) = {
  show heading: it => block(width: 100%, sticky: true, above: if b.level == 1 { 1.4em } else { 1.1em },
    below: if b.level == 1 { 1.4em } else { 0.7em }, {
      set text(size: (16pt, 12pt, 11pt).at(b.level - 1), weight: "regular",
        font: if b.level == 1 { d.serif } else { d.gothic })
      set par(justify: false)
      set align(if b.level == 1 { center } else { left })
      say(b.lines, wide)
    })
  heading(level: b.level, b.plain)
}

#let paragraph-of(b) = {
  let note = b.style != "body"
  let indent = b.indent * 1pt
  set text(size: if note { 9pt } else { 12pt }, font: if b.style == "mono" { d.mono } else { d.serif })
  set par(leading: if note { 0.45em } else { 0.6em }, justify: b.even)
  // Japanese text is set to one width by its signs, never by the space that makes an indent.
  show regex("　+"): it => if b.even { box(it) } else { it }
  block(width: 100%, inset: (left: indent), spacing: if note { 4.5pt } else { 7.2pt },
    align((left: left, center: center, right: right).at(b.align), say(b.lines, wide - indent)))
}

#let table-of(b) = {
  set text(size: b.size * 1pt)
  set par(leading: 0.3em, justify: false)
  let inset = (x: d.margin * 1pt, y: 3pt)
  let rooms = b.widths.map(w => (w - 2 * d.margin) * 1pt)
  let cell(text-of, column) = {
    if b.mono.at(column) { text(font: d.mono, say(text-of, rooms.at(column))) } else { say(text-of, rooms.at(column)) }
  }
  let heads = b.heads.enumerate().map(((column, head)) => text(font: d.gothic, say(head, rooms.at(column))))
  let aligns = b.aligns.map(a => (left: left, center: center, right: right).at(a))
  let tallest(cells) = calc.max(..cells.enumerate().map(((column, it)) => {
    measure(block(width: rooms.at(column), it)).height
  })) + 2 * inset.y
  if b.caption.len() > 0 {
    block(width: 100%, sticky: true, above: 9pt, below: 4pt, text(size: 10.5pt, say(b.caption, wide)))
  }
  let body(left-over) = table(
    columns: b.widths.map(w => w * 1pt), inset: inset, stroke: 0.5pt + black, align: aligns,
    ..if heads.len() > 0 {
      (table.header(repeat: true, ..heads.map(it => table.cell(fill: luma(237), breakable: false,
        align: center + horizon, it))),)
    },
    ..b.rows.enumerate().map(((place, row)) => {
      let cells = row.enumerate().map(((column, it)) => cell(it, column))
      let flows = left-over != none and place in b.tall and tallest(cells) > left-over
      cells.map(it => table.cell(breakable: flows, it))
    }).flatten(),
  )
  block(width: 100%, above: if b.caption.len() > 0 { 4pt } else { 9pt }, below: 9pt, if b.tall.len() == 0 {
    body(none)
  } else {
    context body(high - if heads.len() > 0 { tallest(heads) } else { 0pt } - 1pt)
  })
}

#let lines-of(b) = {
  set text(size: b.size * 1pt, font: d.mono, cjk-latin-spacing: none)
  set par(leading: 0.25em, justify: false)
  let gutter = 10mm
  block(width: 100%, above: 6pt, below: 6pt, grid(columns: (gutter, wide - gutter), align: (right, left),
    inset: (x, y) => if x == 0 { (right: 2mm, y: 0.125em) } else { (y: 0.125em) },
    ..b.rows.map(((number, line)) => (text(fill: luma(35%), number), say((line,), wide - gutter))).flatten()))
}

#let block-of(b) = {
  if b.kind == "heading" { heading-of(b) } else if b.kind == "paragraph" { paragraph-of(b) }
  else if b.kind == "table" { table-of(b) } else if b.kind == "lines" { lines-of(b) } else { pagebreak(weak: true) }
}

#let mark(place) = label("section-" + str(place))
#let pages-of(place) = {
  let first = locate(mark(place)).page()
  let after = if place + 1 < d.sections.len() { locate(mark(place + 1)).page() }
    else { counter(page).final().first() + 1 }
  (here().page() - first + 1, after - first)
}
#let pages(now, all) = text(size: 9pt, "（" + str(now) + "／" + str(all) + "）")

#let head-of(section, place) = if section.label.len() > 0 {
  context align(right, { say(section.label, 130mm); pages(..pages-of(place)) })
}
#let foot-of(section, place) = context {
  set par(leading: 0.25em, justify: false, spacing: 0.4em)
  if section.label.len() == 0 {
    let (now, all) = if d.labelled { pages-of(place) } else { (here().page(), counter(page).final().first()) }
    align(center, pages(now, all))
  }
  block(width: 100%, text(size: 7pt, say(d.footer, wide)))
}

#for (place, section) in d.sections.enumerate() {
  page(
    paper: "a4", flipped: d.landscape,
    margin: (left: d.left * 1pt, right: d.right * 1pt, top: d.top * 1pt, bottom: d.bottom * 1pt),
    header-ascent: 4mm, footer-descent: 3mm,
    header: align(bottom, head-of(section, place)), footer: align(top, foot-of(section, place)),
    {
      [#metadata(none)#mark(place)]
      for b in section.blocks { block-of(b) }
    },
  )
}
"""
