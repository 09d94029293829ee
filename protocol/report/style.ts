/** How a report looks: on paper, on a phone, on a desk. Colours as in the fleet's page, each doubled by a word or a pattern. */
export const STYLE = `
:root{color-scheme:light;--paper:#fff;--ground:#f7f9fa;--ink:#15202a;--ink-2:#435361;--line:#b9c4cd;--faint:#e3e8ec;--hatch:rgb(67 83 97/.45);--mode0:#dfe9f1;--mode1:#f1ece0;--skein:#0068b0;--danger:#c0270f;--attention:#935f00;--fresh:#00795a}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#0b1015;--ground:#11171d;--ink:#e6edf3;--ink-2:#a9b8c6;--line:#35424f;--faint:#222c36;--hatch:rgb(169 184 198/.45);--mode0:#1f2c38;--mode1:#332d20;--skein:#5ab4f0;--danger:#ff6f59;--attention:#efb040;--fresh:#3fbf95}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:16px;background:var(--paper);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere;-webkit-print-color-adjust:exact;print-color-adjust:exact}
h1{margin:0 0 4px;font-size:1.6rem;line-height:1.2}
h2{margin:22px 0 6px;padding-bottom:3px;border-bottom:1px solid var(--line);font-size:1.1rem}
h3{margin:8px 0 2px;font-size:.85rem;font-weight:600}
small{color:var(--ink-2);font-weight:400}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:8px 16px;margin:12px 0}
dt{color:var(--ink-2);font-size:.8rem}
dd{margin:0;font-size:1.05rem;font-weight:600}
dd small{display:block}
.notes{margin:8px 0;padding:6px 10px 6px 26px;border:1px solid var(--attention);border-left-width:6px}
.map{display:block;width:100%;max-height:30rem;border:1px solid var(--line);background:var(--ground);font-size:14px}
.map text{fill:var(--ink)}
.map path{fill:none;stroke-linejoin:round;stroke-linecap:round}
.map .flown{stroke:var(--skein);stroke-width:3}
.map .planned{stroke:var(--ink-2);stroke-width:1.5;stroke-dasharray:6 5}
.map .stop circle{fill:var(--paper);stroke:var(--ink-2);stroke-width:1.5}
.map .home circle{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.map .start path,.map .end path{fill:var(--fresh);stroke:var(--paper);stroke-width:1.5}
.map .end path{fill:var(--ink)}
.map .bar{stroke:var(--ink);stroke-width:1.5;stroke-linecap:butt}
.map .north path{fill:var(--ink)}
.map .middle{fill:var(--ink-2);font-size:12px}
.key{margin:4px 0;color:var(--ink-2);font-size:.85rem}
.key span{margin-right:12px;white-space:nowrap}
.none{color:var(--ink-2)}
.time{margin:0 0 0 2.6rem}
.plot,.bands,.axis{position:relative}
.plot{height:92px;border:solid var(--line);border-width:0 0 1px 1px}
.plot svg{position:absolute;inset:0;width:100%;height:100%;overflow:visible}
.plot path{fill:none;stroke:var(--skein);stroke-width:1.6;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}
.plot b{position:absolute;right:100%;margin-right:6px;white-space:nowrap;color:var(--ink-2);font-size:.75rem;font-weight:400}
.plot .high{top:-.4em}
.plot .low{bottom:-.4em}
.mark{position:absolute;top:0;bottom:0;border-left:1px solid var(--faint)}
.gap{position:absolute;top:0;bottom:0}
.gap,.known{background:repeating-linear-gradient(135deg,transparent 0 4px,var(--hatch) 4px 5px)}
.bands{height:22px;border:1px solid var(--line)}
.band{position:absolute;top:0;bottom:0;overflow:hidden;border-left:1px solid var(--paper);font-style:normal}
.band b{padding:0 4px;font-size:.75rem;line-height:20px;white-space:nowrap}
.skein{background:#0068b0;color:#fff}
.pilot{background:repeating-linear-gradient(45deg,#7538bd 0 7px,#5f2a9e 7px 14px);color:#fff}
.other{background:repeating-linear-gradient(90deg,#566673 0 5px,#43515c 5px 10px);color:#fff}
.failsafe{background:repeating-linear-gradient(135deg,#c0270f 0 6px,#8f1a08 6px 12px);color:#fff}
.unknown{background:var(--paper);color:var(--ink)}
.mode0{background:var(--mode0)}
.mode1{background:var(--mode1)}
.later{background:repeating-linear-gradient(90deg,rgb(0 121 90/.55) 0 3px,rgb(0 121 90/.25) 3px 6px)}
.axis{height:1.4em;color:var(--ink-2);font-size:.75rem}
.axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.axis .late{transform:translateX(-100%)}
table{width:100%;border-collapse:collapse}
th,td{padding:3px 8px 3px 0;border-bottom:1px solid var(--faint);text-align:left;vertical-align:top}
td:nth-child(-n+3){white-space:nowrap}
[data-importance=danger] td{color:var(--danger);font-weight:600}
[data-importance=attention] td{color:var(--attention);font-weight:600}
footer{margin-top:24px;color:var(--ink-2);font-size:.8rem}
@media(max-width:34rem){body{padding:10px}dl{grid-template-columns:1fr 1fr}.utc,.axis .second{display:none}}
@media print{body{max-width:none;padding:0;font-size:11px}section,.chart,.lane,tr{break-inside:avoid}.long{break-inside:auto}.map{max-height:9.5cm}@page{margin:14mm}}
`;
