"""The style sheet of the report in HTML: two columns, marks that work in grey, dark mode, A4 in print."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1b;--dim:#5c5c5c;--line:#c4c4c4;--head:#f0f0ee;--card:#fafaf8;
--ok:#1d5c2e;--review:#7a4d00;--rejected:#9b1c1c;--hit:#fff1bf;--link:#0b4f9e}
@media (prefers-color-scheme:dark){:root{--bg:#16181a;--fg:#e8e6e3;--dim:#a9a7a2;--line:#4a4d50;--head:#25282b;
--card:#1d2022;--ok:#8fd6a3;--review:#f0c06a;--rejected:#ff9d96;--hit:#4a3f14;--link:#8ebcff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:110rem;background:var(--bg);color:var(--fg);
font:15px/1.55 system-ui,"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP","Noto Sans JP",sans-serif}
h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:2px solid var(--fg)}
h3{font-size:1.05rem;margin:1.25rem 0 .4rem}h1,h2,h3,td,dd,li{overflow-wrap:anywhere}
a{color:var(--link)}p{margin:.4em 0}
.dim{color:var(--dim)}.sum{font-weight:600;font-variant-numeric:tabular-nums}
.warn{border:3px double var(--rejected);color:var(--rejected);padding:.5em .75em;font-weight:600}
.top{display:grid;grid-template-columns:minmax(0,3fr) minmax(16rem,2fr);gap:1rem 1.5rem;align-items:start}
.box{border:1.5px solid var(--fg);padding:.5rem .75rem}.box h2{border:0;margin:0 0 .3rem;font-size:1.05rem}
.box dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem .75rem;margin:0}
.box dd{margin:0;border-bottom:1px solid var(--fg);min-height:2.1em}.box dd.tall{min-height:4.2em}
.legend{list-style:none;margin:0;padding:0}.legend li{margin:.25em 0}
.ledger{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem;margin:.4rem 0 .75rem}
.ledger dt{color:var(--dim)}.ledger dd{margin:0}code,.src,.raw{font-family:ui-monospace,"SFMono-Regular",Consolas,
"Noto Sans Mono CJK JP","MS Gothic",monospace;font-size:.93em}
.mark{display:inline-block;padding:0 .45em;border:1.5px solid currentColor;border-radius:.2em;font-weight:700;
white-space:nowrap;font-size:.9em}
.mark.ok{color:var(--ok)}.mark.review,.mark.repaired{color:var(--review);border-style:dashed}
.mark.pending{color:var(--review);border-style:dotted;border-width:2px}
.mark.rejected{color:var(--rejected);border:3px double currentColor}.mark.none{border:0;color:var(--dim);
font-weight:400;padding:0}
table{border-collapse:collapse;width:100%;table-layout:fixed}
thead{position:sticky;top:0;z-index:1}thead th{background:var(--head);text-align:left;font-weight:600;
border-bottom:2px solid var(--fg)}thead .what{font-weight:400;color:var(--dim)}
th,td{padding:.3rem .5rem;vertical-align:top;border-bottom:1px solid var(--line)}
col.n{width:5rem}col.o{width:46%}tbody:not(.none) tr:not(:last-child){height:1.9em}
tbody th{font-weight:400;text-align:left;font-variant-numeric:tabular-nums;color:var(--dim);overflow-wrap:anywhere;
font-size:.88em}
td.src{white-space:pre-wrap;border-right:1px solid var(--line)}
tbody.ok td.read{border-left:3px solid var(--ok)}
tbody.review td.read,tbody.repaired td.read{border-left:5px dashed var(--review);background:var(--card)}
tbody.pending td.read{border-left:5px dotted var(--review);background:var(--card)}
tbody.rejected td.read{border-left:6px double var(--rejected);background:var(--card)}
tbody.none td.read{color:var(--dim);font-size:.88em}
tbody:target,tr:target,.entry:target{outline:3px solid var(--link);outline-offset:-3px}
.cell{display:inline-block;padding:0 .35em;margin:0 .2em .15em 0;border:1px solid var(--line);border-radius:.2em;
max-width:100%;vertical-align:top}
.src mark{background:var(--hit);color:inherit;text-decoration:underline;text-decoration-thickness:2px;
text-underline-offset:2px}
.note{display:block;font:.85em system-ui,sans-serif;color:var(--dim)}
.entry+.entry{margin-top:.6rem;padding-top:.5rem;border-top:1px dashed var(--line)}
.entry dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:0 .75rem;margin:.2rem 0 0}
.entry dt{color:var(--dim);font-size:.9em}.entry dd{margin:0}
.entry .raw{white-space:pre-wrap}.entry b{font-variant-numeric:tabular-nums;display:inline-block;max-width:100%;
margin-right:.9em}.top h2{margin-top:0}
.entry ul{margin:.25rem 0 0;padding-left:1.1rem}.fn{font-size:.9em}
summary{cursor:pointer;padding:.35rem .5rem;background:var(--head);border:1px solid var(--line);margin:.35rem 0;
font-variant-numeric:tabular-nums}
.todo{columns:20rem auto;padding-left:0;list-style-position:inside}.todo li{break-inside:avoid;margin:.15em 0}
fieldset{border:1px solid var(--line);margin:1rem 0;padding:.25rem .75rem .5rem}
fieldset label{margin-right:1.25rem;white-space:nowrap}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@supports not selector(:has(a)){fieldset{display:none}}
@media screen{
body:has(#show-records:checked) tbody.none,body:has(#show-marked:checked) tbody.none,
body:has(#show-marked:checked) tbody.ok{display:none}}
@media screen and (max-width:56rem){body{padding:.75rem}.top{grid-template-columns:minmax(0,1fr)}
col.n{width:4.2rem}col.o{width:45%}th,td{padding:.25rem .3rem}.entry dl{grid-template-columns:minmax(0,1fr)}
.entry dd{margin:0 0 .2rem .6rem}.ledger{grid-template-columns:minmax(0,1fr)}.ledger dd{margin:0 0 .3rem}}
@page{size:A4 landscape;margin:11mm 10mm 13mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt}}
@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--line:#999;--head:#eee;--card:#fff;--ok:#000;--review:#000;
--rejected:#000;--hit:#fff;--link:#000}body{max-width:none;padding:0;font-size:9pt}
h1{font-size:15pt}h2{font-size:12pt}h2,h3{break-after:avoid}a{text-decoration:none}
fieldset,nav{display:none}thead{display:table-header-group;position:static}tr,.box,.entry{break-inside:avoid}
details::details-content{content-visibility:visible}}
"""
