/** The one style of published pages: light and dark, on a phone and on paper. Served with the page, so nothing else is asked for. */
export const PAGE_STYLE = `
:root,:host{color-scheme:light dark;--paper:light-dark(#fcfaf4,#0c1a21);--sunk:light-dark(#f4f1e7,#13262e);--ink:light-dark(#14303a,#e8f0ec);--soft:light-dark(#48606a,#a9bfc2);--line:light-dark(#c3ccc5,#38545e);--action:light-dark(#0b686e,#6fd0c8);--bad:light-dark(#a8321a,#ff9d80)}
*{box-sizing:border-box}
body,.page{margin:0;padding:2rem 1rem 3rem;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 ui-sans-serif,system-ui,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;overflow-wrap:break-word}
main,footer,body>header{max-width:42rem;margin-inline:auto}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.8em 0 .5em;text-wrap:balance}
h1{font-size:clamp(1.75rem,1.3rem + 2vw,2.5rem);margin-top:0}
h2{font-size:1.5rem}h3{font-size:1.2rem}h4,h5,h6{font-size:1.0625rem}
p,ul,ol,dl,pre,blockquote,figure,table{margin:0 0 1em}
li>p:last-child,li>ul,li>ol,td>p:last-child,th>p:last-child{margin-bottom:0}
a{color:var(--action);text-underline-offset:.15em}
a:focus-visible,button:focus-visible,select:focus-visible,textarea:focus-visible,input:focus-visible{outline:3px solid light-dark(#c2410c,#ffb28a);outline-offset:2px}
.lead{color:var(--soft);font-size:1.15rem;margin-bottom:.5em}
.authors{color:var(--soft);margin-bottom:2em}
main>header{margin-bottom:2rem}
blockquote{margin-inline:0;padding:.1em 0 .1em 1rem;border-inline-start:4px solid var(--line);color:var(--soft)}
blockquote>:last-child{margin-bottom:0}
code,pre,kbd{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.9em}
pre{background:var(--sunk);padding:1rem;border-radius:.4rem;white-space:pre-wrap}
hr{border:0;border-top:1px solid var(--line);margin:2rem 0}
figure{margin-inline:0}
img{max-width:100%;height:auto;display:block;border-radius:.3rem}
figcaption,.small,footer{color:var(--soft);font-size:.9rem}
figcaption{margin-top:.4em}
.wide{overflow-x:auto;margin-bottom:1em}.wide>table{margin:0}
table{border-collapse:collapse;min-width:50%}
th,td{border:1px solid var(--line);padding:.4em .6em;text-align:start;vertical-align:top;min-width:4em}
th{background:var(--sunk)}
math{font-size:1.1em;max-width:100%}math[display=block]{overflow-x:auto;overflow-y:hidden;padding:.3em 0}
mark{background:light-dark(#ffe9a8,#6b5518);color:inherit}
.tasks{list-style:none;padding-inline-start:.2em}.tasks>li{display:flex;gap:.5em}.tasks>li>div{flex:1}
[role=doc-endnotes]{margin-top:2.5rem;font-size:.95rem}
aside{margin:0 0 1em;padding:.8em 1em;background:var(--sunk);border-inline-start:4px solid var(--action);border-radius:.3rem}
aside>:last-child{margin-bottom:0}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line)}
footer p{margin:0 0 .4em}
.note{padding:.8em 1em;background:var(--sunk);border-inline-start:4px solid var(--action);border-radius:.3rem}
@page{margin:2cm 2cm 2.2cm;@bottom-center{content:counter(page) " / " counter(pages);font:9pt sans-serif;color:#444}}
@media print{:root{color-scheme:light}body{padding:0;background:none;font-size:11pt;line-height:1.45}main,footer{max-width:none}h1,h2,h3,h4{break-after:avoid}p,li{orphans:3;widows:3}figure,tr,pre,blockquote{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}footer{break-inside:avoid}a{color:inherit}main a[href^="http"]::after{content:" (" attr(href) ")";font-size:.85em;word-break:break-all}.screen{display:none}}
`
  .trim()
  .replaceAll('\n', '');
