import { dark, light, properties, tones } from './colors.ts';

const badges = tones
  .map((tone) => `.${tone}{color:var(--${tone});background:var(--${tone}-ground)}`)
  .join('\n');

/** The whole style of the page: it asks for nothing outside of it. */
export const style = `
:root{color-scheme:light dark;${properties(light)}}
@media (prefers-color-scheme:dark){:root{${properties(dark)}}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;scroll-padding-top:1rem}
body{margin:0;background:var(--ground);color:var(--text)}
main,header,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .25rem;text-wrap:balance}
h2{font-size:1.25rem;margin:2.75rem 0 .75rem}
h3{font-size:1rem;margin:0}
p{margin:.25rem 0 .75rem;max-width:72ch;overflow-wrap:anywhere}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
.faint{color:var(--faint)}
.verdict{font-size:1.125rem;font-weight:700;margin:.75rem 0 .25rem}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:.5rem;background:var(--raised);padding:.5rem;z-index:1}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:1rem 0 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0;list-style:none}
.tile{border-radius:.5rem;padding:.6rem .9rem}
.tile b{display:block;font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
.badge{display:inline-block;border-radius:.3rem;padding:.05rem .45rem;font-size:.8125rem;font-weight:600;white-space:nowrap}
${badges}
.steps{padding:0;margin:0;list-style:none;counter-reset:step}
.steps>li{counter-increment:step;background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem .75rem 3.25rem;margin:.5rem 0;position:relative}
.steps>li::before{content:counter(step);position:absolute;left:1rem;top:.7rem;font-weight:700;font-size:1.1rem;color:var(--faint)}
.steps p{margin:.15rem 0 0}
code{font:.875em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:var(--code);border-radius:.25rem;padding:.08em .3em;overflow-wrap:anywhere}
.command{display:block;padding:.35rem .6rem;margin:.35rem 0 0;white-space:pre-wrap}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--raised)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;color:var(--faint);font-weight:600}
tbody th{font-weight:600}
td p,th p{margin:0}
.matrix{min-width:60rem}
.matrix thead th{min-width:5.5rem;vertical-align:bottom;font-weight:600}
.matrix tbody th{position:sticky;left:0;background:var(--raised);min-width:12rem}
.stack tbody th{overflow-wrap:anywhere}
.objects th{width:26%}
.objects td:nth-child(2){width:30%}
.cards{display:grid;gap:.75rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
.card{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem}
.card h3{display:flex;gap:.6rem;align-items:baseline;justify-content:space-between;margin-bottom:.35rem}
.card p{margin:.3rem 0}
details{margin:.35rem 0 0}
summary{cursor:pointer}
ul.facts{margin:.35rem 0 0;padding:0 0 0 1.1rem;font-size:.875rem;color:var(--faint)}
ul.facts li{overflow-wrap:anywhere}
.group{background:var(--raised);border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;padding:0}
.group>summary{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;padding:.65rem 1rem;list-style-position:inside}
.group>summary{list-style:none}
.group>summary::-webkit-details-marker{display:none}
.group>summary::before{content:"▸";color:var(--faint)}
.group[open]>summary::before{content:"▾"}
.group>summary h3{flex:1 1 14rem}
.meanings{list-style:none;padding:0;margin:0 0 .75rem;line-height:1.9;font-size:.875rem;color:var(--faint)}
.group>div{padding:0 1rem 1rem}
.columns{columns:20rem;column-gap:2rem;padding-left:1.1rem}
.columns li{break-inside:avoid}
footer{padding-top:2rem;padding-bottom:3rem;color:var(--faint);font-size:.875rem}
@media (max-width:48rem){.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;width:auto!important;border:0}.stack thead{position:absolute;left:-100vw}.stack th,.stack td{padding:.15rem .75rem}.stack tr{border-bottom:1px solid var(--line);padding:.5rem 0}.stack tr:last-child{border:0}.stack td[data-head]::before{content:attr(data-head) ": ";color:var(--faint);font-size:.875rem}}
@media (max-width:40rem){html{font-size:15px}th,td{padding:.45rem .55rem}.steps>li{padding-left:2.5rem}.steps>li::before{left:.8rem}}
@media print{body{background:#fff}details>*{display:block}.group,.card,.steps>li{break-inside:avoid}nav,.skip{display:none}}
`;
