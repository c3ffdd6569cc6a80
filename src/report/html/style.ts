/** The style of the page. It names no address: nothing is fetched. Fonts are those of the system. */
export const style = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--line:#d8dde3;--text:#1b1f24;--soft:#57606a;
--good:#0f5c2e;--good-bg:#e1f3e7;--warn:#7a4100;--warn-bg:#fcefd8;--bad:#a3121f;--bad-bg:#fce6e7;--calm:#184f95;--calm-bg:#e5eefa;
--good-bar:#2f9e5b;--warn-bar:#d48806;--bad-bar:#d1242f;--calm-bar:#3b82d6}
@media (prefers-color-scheme:dark){:root{--page:#0f1318;--card:#171c23;--line:#323a45;--text:#e6eaf0;--soft:#a6b0bd;
--good:#85dea5;--good-bg:#12301f;--warn:#f3c97b;--warn-bg:#35280f;--bad:#ffa3a3;--bad-bg:#40181b;--calm:#a1c8ff;--calm-bg:#152a43;
--good-bar:#3fae6b;--warn-bar:#d9982a;--bad-bar:#ef5a5f;--calm-bar:#5b9cea}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:70rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.75rem;line-height:1.25;margin:.6rem 0 0;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
p,ul,ol,dl,dd{margin:0;padding:0}
ul{list-style:none}
a{color:var(--calm)}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
.soft{color:var(--soft)}
.small{font-size:.875rem}
.over{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center;color:var(--soft);font-size:.9rem}
#watch{margin:0 0 1rem}
.badge{display:inline-block;padding:.05rem .6rem;border-radius:1rem;font-size:.85rem;font-weight:600;white-space:nowrap}
.badge.big{font-size:1rem;padding:.15rem .85rem}
.states{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.8rem}
.good{color:var(--good);background:var(--good-bg)}
.warn{color:var(--warn);background:var(--warn-bg)}
.bad{color:var(--bad);background:var(--bad-bg)}
.calm{color:var(--calm);background:var(--calm-bg)}
.box{margin-top:1.25rem;padding:.9rem 1.1rem;border-radius:.6rem}
.box p+p{margin-top:.35rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin-top:1.25rem;padding:1rem 1.1rem}
dl.facts dt{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(8,1fr);gap:.6rem;margin-top:1.25rem}
.tile{padding:.7rem .85rem;display:flex;flex-direction:column}
.tile b{font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{font-size:.875rem}
.tile.none{color:var(--soft)}
.tile.none b{font-weight:400}
.note{margin-top:.6rem}
.jump{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin-top:1.1rem;font-size:.95rem}
.tools{display:grid;grid-template-columns:1fr auto auto;gap:.5rem;margin-bottom:.6rem}
.tools[hidden]{display:none}
.tools input,.tools select{font:inherit;min-width:0;padding:.4rem .6rem;color:var(--text);background:var(--card);border:1px solid var(--soft);border-radius:.4rem}
.tools output{grid-column:1/-1;color:var(--soft);font-size:.875rem}
table{width:100%;border-collapse:collapse;font-size:.95rem}
.card>table{border-radius:.6rem;overflow:hidden}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.85rem;padding:.55rem .9rem;border-bottom:1px solid var(--line)}
td{padding:.5rem .9rem;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child td{border-bottom:0}
tr[hidden]{display:none}
#items-table td.wide{width:55%}
td.tight{white-space:nowrap;width:1%}
td .soft{display:block;font-size:.875rem}
.list li{padding:.6rem 1.1rem;border-bottom:1px solid var(--line)}
.list li:last-child{border-bottom:0}
pre{margin:.35rem 0 0;padding:.5rem .75rem;background:var(--page);border:1px solid var(--line);border-radius:.4rem;white-space:pre-wrap;overflow-wrap:anywhere}
td pre{background:none;padding:.3rem .5rem}
details{margin-top:.3rem;font-size:.9rem}
summary{cursor:pointer;color:var(--calm)}
.lane{margin:0;padding:.7rem 1.1rem .4rem;border-bottom:1px solid var(--line)}
.lane:last-child{border-bottom:0}
.lane figcaption{font-weight:600;margin-bottom:.3rem}
.lane figcaption .soft{font-weight:400;font-size:.875rem}
svg{display:block;overflow:visible}
svg line{stroke:var(--line)}
svg text{fill:var(--soft);font-size:11px}
svg .good{fill:var(--good-bar)}
svg .warn{fill:var(--warn-bar)}
svg .bad{fill:var(--bad-bar)}
svg .calm{fill:var(--calm-bar)}
.key{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:.4rem 1.1rem .7rem;font-size:.875rem;color:var(--soft)}
.key i{display:inline-block;width:.75rem;height:.75rem;border-radius:.2rem;margin-right:.35rem;vertical-align:-.05rem}
i.good{background:var(--good-bar)}
i.warn{background:var(--warn-bar)}
i.bad{background:var(--bad-bar)}
i.calm{background:var(--calm-bar)}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}
:focus-visible{outline:2px solid var(--calm);outline-offset:2px}
@media (max-width:60rem){.tiles{grid-template-columns:repeat(4,1fr)}}
@media (max-width:40rem){
main{padding:1.25rem .9rem 3rem}
h1{font-size:1.4rem}
dl.facts{grid-template-columns:1fr;gap:0}
dl.facts dd+dt{margin-top:.6rem}
dl.facts dt{font-size:.85rem}
.tiles{grid-template-columns:repeat(2,1fr)}
.tile{padding:.5rem .75rem}
.tile b{font-size:1.35rem}
.tools{grid-template-columns:1fr 1fr}
.tools input{grid-column:1/-1}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack,.stack tbody{display:block}
.stack tr{display:flex;flex-wrap:wrap;gap:.15rem .6rem;align-items:baseline;padding:.6rem .9rem;border-bottom:1px solid var(--line)}
.stack tr[hidden]{display:none}
.stack tr:last-child{border-bottom:0}
.stack td{padding:0;border:0}
.stack td.wide,#items-table td.wide{flex-basis:100%;width:auto}
#items-table td:nth-child(2){flex:1 1 60%}
.stack td.tight{width:auto}
}
@media print{
:root{color-scheme:light;--page:#fff;--card:#fff;--line:#c8ced5;--text:#000;--soft:#444b53;
--good:#0f5c2e;--good-bg:#e1f3e7;--warn:#7a4100;--warn-bg:#fcefd8;--bad:#a3121f;--bad-bg:#fce6e7;--calm:#184f95;--calm-bg:#e5eefa;
--good-bar:#2f9e5b;--warn-bar:#d48806;--bad-bar:#d1242f;--calm-bar:#3b82d6}
body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:none;padding:0}
.tiles{grid-template-columns:repeat(8,1fr);gap:.4rem}
.tile{padding:.5rem}
.tile b{font-size:1.3rem}
.tile span{font-size:.75rem}
.tools input,.tools select,.jump{display:none}
thead{display:table-header-group}
tr,.tile,.list li,.lane{break-inside:avoid}
h2{break-after:avoid}
details::details-content{content-visibility:visible;height:auto}
}
`;
