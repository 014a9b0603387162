"""The style sheet of the page: light and dark, from 360 px on, A4 in print; rows off the screen cost nothing."""

from __future__ import annotations

_BASE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1a1a;--dim:#565656;--line:#c9c9c4;--head:#f1f0ec;--card:#faf9f6;
--ok:#17592a;--due:#7a4300;--gone:#991b1b;--ask:#1f4e79;--link:#0b4f9e;--hit:#fff3c4;--bar:#3d4f63;--post:#9b1c5a}
@media (prefers-color-scheme:dark){:root{--bg:#15181b;--fg:#e9e7e3;--dim:#aeaba5;--line:#464a4e;--head:#23272b;
--card:#1b1f22;--ok:#8fd6a3;--due:#f2c063;--gone:#ff9d96;--ask:#9cc9f5;--link:#91bfff;--hit:#4a3f14;--bar:#a9bdd2;
--post:#ff9ccb}}
*{box-sizing:border-box}i[lang]{font-style:normal}
html{scroll-padding-top:4.6rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--fg);
font:15px/1.55 system-ui,"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP","Noto Sans JP",Meiryo,sans-serif}
main{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:100rem}
#lang-ja:checked~* [lang=en],#lang-en:checked~* [lang=ja]{display:none}
h1{font-size:1.6rem;line-height:1.3;margin:.2em 0}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem;padding-bottom:.15rem;border-bottom:2px solid var(--fg)}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem}p{margin:.4em 0}
h1,h2,h3,p,th,td,dt,dd,li,caption,option,small{overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.18em}small{font-size:.88em;color:var(--dim)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
code{font-family:ui-monospace,"SFMono-Regular",Consolas,"Noto Sans Mono CJK JP","MS Gothic",monospace;font-size:.86em;
overflow-wrap:anywhere}
.sr{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
caption.sr{display:block}
.switches{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;justify-content:flex-end;align-items:center;font-size:.93rem}
.switches p{margin:0}.switches label{display:inline-block;cursor:pointer;padding:.2rem .7rem;min-height:1.9rem;
border:1.5px solid var(--dim)}
.lang label:nth-of-type(1){border-radius:.3rem 0 0 .3rem}
.lang label:nth-of-type(2){border-radius:0 .3rem .3rem 0;margin-left:-1.5px}
#lang-ja:checked~header label[for=lang-ja],#lang-en:checked~header label[for=lang-en]{background:var(--fg);
color:var(--bg);border-color:var(--fg);font-weight:600}
#lang-ja:focus-visible~header label[for=lang-ja],#lang-en:focus-visible~header label[for=lang-en],
#with-evidence:focus-visible~header label[for=with-evidence]{outline:3px solid var(--link);outline-offset:2px}
.prints label{border-radius:.3rem}.prints label::before{content:"☐ " / ""}
#with-evidence:checked~header .prints label::before{content:"☑ " / ""}
.stamp{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));gap:.35rem 1.5rem;
margin:.5rem 0}
.stamp div{border-left:3px solid var(--line);padding-left:.6rem}.stamp dt{color:var(--dim);font-size:.88em}
.stamp dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;padding:.6rem .9rem;margin:1.25rem 0 0;
background:var(--head);border-radius:.3rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
.sums{table-layout:fixed}.sums th:nth-child(1){width:4.2%}.sums th:nth-child(3){width:8%}.sums th:nth-child(4){width:5%}
.sums th:nth-child(5){width:9%}.sums th:nth-child(6){width:9%}.sums th:nth-child(7){width:11%}
.sums th:nth-child(8){width:9%}.sums th:nth-child(9){width:9%}.sums th:nth-child(10){width:17%}.sums{font-size:.94em}
.found tbody th,.found td:nth-child(2){white-space:nowrap}.found td:nth-child(4){min-width:9em}.gaps{table-layout:fixed}
.gaps th:nth-child(1){width:30%}.gaps th:nth-child(3){width:11em}.told{table-layout:fixed}
.told th:nth-child(1){width:16em}
.told th:nth-child(2){width:28%}.posts{table-layout:fixed}.posts th:nth-child(1){width:4.5em}
.posts th:nth-child(2){width:11em}
.seen td:not(:nth-child(3),:nth-child(7),:nth-child(9),:nth-child(10)),.seen tbody th{white-space:nowrap}
caption{text-align:left;padding:.2rem 0 .5rem}
th,td{padding:.35rem .55rem;vertical-align:top;text-align:left;border-bottom:1px solid var(--line);font-weight:400}
thead th{background:var(--head);font-weight:600;border-bottom:2px solid var(--fg)}
tbody th{font-weight:600}td small,td div{color:var(--dim);font-size:.92em}
.scroll{overflow-x:auto}.scroll table{min-width:60rem}
td.raw,.raw td{unicode-bidi:isolate}.record{margin-top:.35rem;padding-top:.35rem;border-top:1px dashed var(--line)}
td.open{color:var(--ok)}td.due{color:var(--due);font-weight:700}td.passed,td.passed-at-earliest{color:var(--gone)}
td.unknown{color:var(--ask)}td.due,td.passed,td.passed-at-earliest{border-left:4px solid currentColor}
td.passed{border-left-style:double}td.passed-at-earliest{border-left-style:dashed}
td.open a,td.due a,td.passed a,td.passed-at-earliest a,td.unknown a{color:inherit}
:target{background:var(--hit);outline:3px solid var(--link);outline-offset:-3px}
h2:target,h3:target{background:none;outline:none}
footer{margin-top:2.5rem;border-top:2px solid var(--fg);color:var(--dim);font-size:.88em}
footer span{margin-right:1.2em}
figure{margin:0}.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.4rem 0;padding:0}
.legend svg{vertical-align:-.2em}
.scroll>svg{display:block;width:100%;min-width:44rem;max-width:84rem;height:auto}
.bar{fill:var(--bar)}.base,.grid{stroke:var(--line);fill:none}.grid{stroke-dasharray:1 3}
path.post{stroke:var(--post);stroke-width:1.6;fill:none}.asof{stroke:var(--fg);stroke-width:2.2;stroke-dasharray:6 3;
fill:none}
.act{fill:var(--fg);stroke:var(--bg)}.exp{fill:var(--bg);stroke:var(--fg);stroke-width:1.6}
svg text{fill:var(--fg);font-size:11.5px;paint-order:stroke;stroke:var(--bg);stroke-width:4px;stroke-linejoin:round}
svg .g{fill:var(--dim);font-size:10.5px}svg .t{font-weight:600;font-size:10.5px}
.cards{list-style:none;margin:0;padding:0}
.cards>li{border:1px solid var(--line);border-left:4px solid var(--dim);background:var(--card);margin:.5rem 0;
padding:.4rem .8rem;content-visibility:auto;contain-intrinsic-size:auto 14rem}
.cards dl,#evidence-body dl{display:grid;grid-template-columns:minmax(5rem,max-content) minmax(0,1fr);
gap:.1rem .9rem;margin:.25rem 0}
.cards dt,#evidence-body dt{color:var(--dim);grid-column:1;max-width:16rem}
.cards dd,#evidence-body dd{margin:0;grid-column:2;min-width:0}
.cards ul,#evidence-body ul{margin:.25rem 0;padding-left:1.2rem}
"""
_SCREEN = """
@media screen{
.rows,table.raw,.ranks{display:block}.rows caption,.ranks caption{display:block}
.rows thead,.rows tbody,.rows tfoot,.raw thead,.raw tbody,.ranks thead,.ranks tbody{display:block}
.rows tr,.raw tr,.ranks tr{display:grid;border-bottom:1px solid var(--line)}
.rows tbody tr,.raw tbody tr,.ranks tbody tr{content-visibility:auto;contain-intrinsic-size:auto 4.6rem}
.rows td,.rows th,.raw td,.raw th,.ranks td,.ranks th{border-bottom:0;min-width:0}
.rows tr[hidden]{display:none}
.rows{font-size:.86rem}.rows thead{position:sticky;top:0;z-index:2;background:var(--head);
border-bottom:2px solid var(--fg)}
.rows thead tr{border:0}.rows thead th{border:0;padding-block:.2rem;line-height:1.3}
.rows td,.rows th{padding:.1rem .4rem}.rows tbody tr{padding-block:.3rem}
.rows tfoot td{display:block;color:var(--dim);font-size:.88em;padding-block:.5rem}.rows tfoot tr{display:block;
border:0}
.rows tr{grid-template-columns:3.8rem 12.3rem 11.6rem minmax(9.5rem,1.5fr) minmax(8rem,1fr) 6rem 8.4rem 7.8rem
minmax(7rem,.8fr);grid-template-rows:auto auto 1fr;
grid-template-areas:"no jst ip verd key cand act left near" "pl utc port who key cand exp left near"
"pl utc port who key cand exp left near"}
.rows tr>:nth-child(1){grid-area:no}.rows tr>:nth-child(2){grid-area:jst}.rows tr>:nth-child(3){grid-area:utc}
.rows tr>:nth-child(4){grid-area:ip}.rows tr>:nth-child(5){grid-area:port}.rows tr>:nth-child(6){grid-area:who}
.rows tr>:nth-child(7){grid-area:verd}.rows tr>:nth-child(8){grid-area:key}.rows tr>:nth-child(9){grid-area:cand}
.rows tr>:nth-child(10){grid-area:exp}.rows tr>:nth-child(11){grid-area:act}.rows tr>:nth-child(12){grid-area:left}
.rows tr>:nth-child(13){grid-area:near}.rows tr>:nth-child(14){grid-area:pl}
.rows tbody tr:hover{background:var(--card)}
table.raw{margin-bottom:1rem}.raw tr{grid-template-columns:4.5rem 5.5rem minmax(0,2fr) minmax(0,1.2fr)}
.raw thead tr:first-child{grid-template-columns:1fr}.raw thead{position:sticky;top:0;z-index:1;background:var(--head)}
.ranks tr{grid-template-columns:4rem 4.5rem 6rem repeat(3,minmax(0,1fr))}
}
@media screen and (max-width:75rem){
.rows tr{grid-template-columns:3.8rem 12.3rem 11.6rem minmax(8rem,1.4fr) minmax(7rem,1fr) 8.4rem 7.4rem;
grid-template-areas:"no jst ip verd key act left" "pl utc port who key exp left" "pl near near who cand exp left"}}
@media screen and (max-width:60rem){
main{padding:.75rem}h1{font-size:1.3rem}
.rows thead,.stack thead,.ranks thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.js .rows thead{position:static;width:auto;height:auto;clip-path:none;overflow:visible}
.js .rows thead tr{display:flex;flex-wrap:wrap;gap:.2rem}.js .rows thead th{padding:0}
.rows tbody tr{grid-template:auto/minmax(0,1fr) minmax(0,1fr);
grid-template-areas:"no pl" "jst utc" "ip port" "who who" "verd key"
"exp act" "left cand" "near near";padding:.4rem 0;border-bottom:2px solid var(--fg);contain-intrinsic-size:auto 22rem}
.rows tbody td::before,.stack tbody td::before{display:block;color:var(--dim);font-size:.82rem;font-weight:400}
.rows td.due,.rows td.passed,.rows td.passed-at-earliest{padding-left:.6rem}
.stack,.stack tbody,.stack caption{display:block}.stack tbody th,.stack tbody td{width:auto!important}
.stack tr{display:grid;grid-template-columns:minmax(0,1fr);
padding:.4rem 0;
border-bottom:2px solid var(--line)}.stack td,.stack th{border-bottom:0;padding:.12rem 0;min-width:0}
.stack td.due,.stack td.passed,.stack td.passed-at-earliest{padding-left:.6rem}
.ranks tbody tr{grid-template-columns:4rem 4.5rem minmax(0,1fr)}.ranks td:nth-child(n+4){grid-column:1/-1}
.raw tr{grid-template-columns:3.5rem 4rem minmax(0,1fr)}.raw thead tr:last-child{display:none}
.raw td:nth-child(4){grid-column:1/-1}
.cards dl,#evidence-body dl{grid-template-columns:minmax(0,1fr)}.cards dd,#evidence-body dd{grid-column:1;
padding-left:.8rem}}
"""
_CONTROLS = """
#filter{margin:.5rem 0}#filter[hidden]{display:none}
#filter fieldset{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:end;border:1px solid var(--line);
border-radius:.3rem;padding:.4rem .8rem .6rem;min-width:0}
#filter label{display:grid;font-size:.88rem;min-width:0;max-width:100%}
#filter input,#filter select,#filter button,#evidence-box button{font:inherit;color:var(--fg);background:var(--bg);
border:1.5px solid var(--dim);border-radius:.25rem;padding:.2rem .5rem;min-height:2rem;max-width:100%}
#filter select{width:11rem}#filter output{font-weight:600}
#filter button,#evidence-box button,.rows thead button{cursor:pointer}
.rows thead button{font:inherit;font-weight:600;color:inherit;background:none;border:0;padding:.1rem .2rem;
text-align:left;
min-height:1.5rem;text-decoration:underline dotted;text-underline-offset:.2em;overflow-wrap:anywhere}
[aria-sort=ascending] button::after{content:" ▲" / ""}[aria-sort=descending] button::after{content:" ▼" / ""}
#evidence-box{position:fixed;inset:auto;margin:0;width:min(44rem,calc(100vw - 1rem));
max-height:min(34rem,calc(100vh - 1rem));
overflow:auto;padding:.6rem .9rem .8rem;color:var(--fg);background:var(--bg);border:2px solid var(--fg);
border-radius:.4rem;
box-shadow:0 .5rem 2rem #0008;overscroll-behavior:contain}
#evidence-box::backdrop{background:#0003}#evidence-box .bar{display:flex;gap:1rem;align-items:start;position:sticky;
top:-.6rem;background:var(--bg);padding:.3rem 0}
#evidence-box h2{flex:1;margin:0;border:0;font-size:1.05rem;min-width:0}#evidence-box ol{padding-left:1.2rem}
#evidence-body .inlined{display:block;margin:.15rem 0 .4rem;padding-left:.7rem;border-left:3px solid var(--line)}
"""
_PRINT = """
@page{size:A4 landscape;margin:11mm 10mm 13mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt}}
@media print{
:root{color-scheme:light;--bg:#fff;--fg:#000;--dim:#333;--line:#888;--head:#eee;--card:#fff;--ok:#000;--due:#000;
--gone:#000;--ask:#000;--link:#000;--hit:#fff;--bar:#444;--post:#000}
body{font-size:8.5pt;line-height:1.4}main{max-width:none;padding:0}
h1{font-size:15pt}h2{font-size:12pt;margin-top:6mm}h2,h3{break-after:avoid}
a{text-decoration:none}nav,.switches,#filter,dialog{display:none!important}
.rows thead button{display:contents}figure,section:not(.evidence){break-inside:avoid}
tbody tr:first-child{break-before:avoid}
thead{display:table-header-group}tfoot{display:table-footer-group}tr,.cards>li{break-inside:avoid}
.cards>li{content-visibility:visible;border-width:.3mm;padding:1mm 2mm;margin:1.2mm 0}
th,td{padding:.6mm 1mm}thead th{print-color-adjust:exact}
.rows{table-layout:fixed;font-size:6.6pt}.rows tr[hidden]{display:table-row}
.rows tfoot td{border:0;color:#333;font-size:6pt}
.rows th:nth-child(1){width:8mm}.rows th:nth-child(2),.rows th:nth-child(3){width:18mm}
.rows th:nth-child(4){width:28mm}
.rows th:nth-child(5){width:10mm}.rows th:nth-child(7){width:15mm}.rows th:nth-child(8){width:26mm}
.rows th:nth-child(9){width:20mm}.rows th:nth-child(10){width:22mm}.rows th:nth-child(11){width:19mm}
.rows th:nth-child(12){width:19mm}.rows th:nth-child(13){width:21mm}.rows th:nth-child(14){width:9mm}
table.raw{margin-bottom:4mm}table.raw,.ranks{table-layout:fixed}.raw col:nth-child(1){width:12mm}
.raw col:nth-child(2){width:16mm}
.raw col:nth-child(4){width:85mm}.ranks th:nth-child(-n+2){width:14mm}.ranks th:nth-child(3){width:24mm}
.scroll{overflow:visible}.scroll table{min-width:0}.scroll>svg{min-width:0;max-width:none}
svg{print-color-adjust:exact}
.bar{print-color-adjust:exact}
#with-evidence:not(:checked)~.evidence{display:none}
}
"""


def _labels() -> str:
    """Return the names of the columns where a row is set as a card: from the same words as the headings."""
    from ipattr.renderers.filings.html.logins import COLUMNS

    return "".join(
        f'#lang-{lang}:checked~* .rows tbody td:nth-child({at})::before{{content:"{title.pick(lang)}"}}\n'
        for at, title in enumerate(COLUMNS, start=1)
        for lang in ("ja", "en")
        if at > 1
    )


STYLE = _BASE + _SCREEN + _CONTROLS + "@media screen and (max-width:60rem){\n" + _labels() + "}\n" + _PRINT
