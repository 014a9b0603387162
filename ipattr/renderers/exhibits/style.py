"""The style sheet of the exhibits: A4 upright, 3 cm on the left, every line 3.9 mm high."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box;margin:0;padding:0}
html{background:#777}
body{color:#000;font:8.5pt/3.9mm "Noto Sans Mono CJK JP","MS Gothic","BIZ UDGothic","Osaka-Mono","Hiragino Sans",
monospace;font-variant-ligatures:none;font-kerning:none}
.page{width:210mm;height:297mm;margin:4mm auto;padding:17mm 13mm 10mm 30mm;background:#fff;display:flex;
flex-direction:column;overflow:visible}
.top{display:flex;justify-content:space-between;line-height:6mm;margin-bottom:4mm}
.no{font-size:12pt;font-weight:700}
.main{flex:1}
h2,.h1{font-size:12pt;line-height:7.8mm;height:7.8mm;font-weight:700}
h3{font-size:9.5pt;line-height:3.9mm;padding-top:3.4mm;height:7.8mm;font-weight:700;border-bottom:.3mm solid #000}
p{min-height:3.9mm}
.gap{height:3.9mm}
.p,.v,.x{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:bidi-override;direction:ltr}
dl{border-bottom:.2mm solid #888}
.f{display:flex;border-top:.2mm solid #888}.f.more{border-top:0}
dt{width:33mm;flex:none;font-weight:700}dd{flex:1;min-width:0}
.v{min-height:3.9mm}
.t{display:flex}.n{width:11mm;flex:none;text-align:right;padding-right:1.2mm;margin-right:1.2mm;color:#444;
border-right:.2mm solid #888;user-select:none}
.x{font:inherit;flex:1;min-width:0;min-height:3.9mm}
.m{font-weight:400;outline:.15mm solid #000;outline-offset:-.3mm;background:#eee}
.foot{font-size:7pt;line-height:3.4mm;color:#333;border-top:.2mm solid #888;padding-top:.6mm;
white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{text-align:left;vertical-align:top;border:.2mm solid #888;padding:0 1mm;font-weight:400}
th{font-weight:700;background:#eee}td.r,th.r{text-align:right}
.c1{width:28mm}.c3{width:36mm}.c4{width:27mm}.c5{width:11mm}
td a{color:inherit;text-decoration:none}
@page{size:A4 portrait;margin:17mm 13mm 10mm 30mm}
@media print{html{background:#fff}.page{width:auto;height:264mm;margin:0;padding:0;break-after:page}
.page:last-child{break-after:auto}.m,th{print-color-adjust:exact}}
"""
