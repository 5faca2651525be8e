"""Texts that try to be more than text, put together at random.

Parts that parsers of HTML, Markdown, URLs and mathematics take for something are joined with any
other characters, and nested, so that no test knows beforehand what it will try.
"""

from hypothesis import strategies as st

# Where a request would go, if one got out; nothing listens there.
AWAY = "http://127.0.0.1:9/away"
_RUNS = "document.title='ran'"
# fmt: off
PARTS = (
    "<script>", "</script>", f"<script>{_RUNS}</script>", f"<img src=x onerror={_RUNS}>",
    f"<svg onload={_RUNS}>", "<svg>", "</svg>", "<math>", "<style>", "</style>", "</style",
    "<!--", "-->", "<![CDATA[", "]]>", "<base href=", f"<iframe src={AWAY}>", "</iframe>",
    "<template>", f"<link rel=stylesheet href={AWAY}>",
    f"<meta http-equiv=refresh content=0;url={AWAY}>", f'<a href="javascript:{_RUNS}">a</a>',
    f"[a](javascript:{_RUNS})", f"<javascript:{_RUNS}>", f"[a]( &#106;avascript:{_RUNS} )",
    f"[a][b]\n\n[b]: javascript:{_RUNS}", "[a]: data:text/html,x", f"![a]({AWAY})",
    f"![a][c]\n\n[c]: {AWAY}", f"<{AWAY}>", AWAY, f"[![a]({AWAY})]({AWAY})", "$$", "$", r"\(",
    r"\)", r"\[", rf"\href{{javascript:{_RUNS}}}{{a}}", r"\begin{align}", r"\end{align}",
    "</pre>", "</code>", "</textarea>", "</title>", "</p>", "</main>", "</details>",
    "<details open>", '"', "'", "`", "```", "~~~", "\n\n", "\n", "    ", "\t", "> ", "# ", "- ",
    "1. ", "***", "---", "| a |", "\x00", "\x1b]0;x\x07\x1b[2J", "\x0b", "\x0c", "\r", "\r\n",
    "\x85", "\u2028", "\u202e", "\ufeff", "\ud83d", "\udfff", "\U0001f469\u200d\U0001f52c", "&",
    "&lt;script&gt;", "&#60;", "&#x3c;", "&bogus;", "{{ 7 * 7 }}", "{% raw %}", "{#", "${x}",
    "%3Cscript%3E", "=1+1", "\\", "\\<", "onload=", "style=",
)
# fmt: on
_ANY = st.text(st.characters(exclude_categories=()), max_size=12)

texts = st.lists(st.one_of(st.sampled_from(PARTS), _ANY), max_size=8).map("".join)
