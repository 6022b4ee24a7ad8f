"""The look of the report's page: light and dark, legible in print and without colour."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1f24; --quiet: #57606a;
  --rule: #d0d7de; --first: #0b62b5; --second: #b5460b; --third: #1a7340; --fill: 11 98 181; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --ink: #e6e9ed; --quiet: #a0a9b3; --rule: #3a424b;
    --first: #6db3f8; --second: #f5a26b; --third: #6fd08f; --fill: 109 179 248; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
p { max-width: 44rem; } .about { color: var(--quiet); margin: 0; padding: 0; list-style: none; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none; }
a { color: var(--first); }
.wide { overflow-x: auto; } .wide:focus-visible { outline: 2px solid var(--first); }
table { border-collapse: collapse; font-size: .875rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .35rem; }
th, td { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--rule);
  text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--quiet); } tbody th { font-weight: 500; }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.matrix th, .matrix td { padding: .15rem .35rem; border: 1px solid var(--rule); }
.matrix td { text-align: center; min-width: 1.9rem; font-variant-numeric: tabular-nums; }
.matrix thead th { vertical-align: bottom; border-bottom: 1px solid var(--rule); }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
.matrix tbody th { white-space: nowrap; } .matrix .same { font-weight: 700; }
.matrix .off { text-decoration: underline; }
svg { width: 100%; max-width: 44rem; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 12px; } .grid { stroke: var(--rule); }
.bar { stroke: var(--quiet); stroke-width: 2; } .dot { fill: var(--first); }
.line { fill: none; stroke-width: 2; } .line.first { stroke: var(--first); }
.line.second { stroke: var(--second); stroke-dasharray: 7 4; }
.line.third { stroke: var(--third); stroke-dasharray: 2 3; }
.line.faint { stroke: var(--quiet); stroke-dasharray: 1 4; }
.mark.first { fill: var(--first); } .mark.second { fill: var(--second); }
.mark.third { fill: var(--third); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; list-style: none;
  font-size: .875rem; } .legend svg { width: 40px; display: inline-block; }
td.text { max-width: 24rem; overflow-wrap: anywhere; }
@media print { body { max-width: none; } .wide { overflow: visible; } nav { display: none; } }
"""
