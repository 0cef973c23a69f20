/// How reports look, by day and by night.
enum ReportStyle {
    static let sheet: Markup = """
        :root { color-scheme: light dark; --paper: #fbfbfa; --card: #ffffff; --ink: #1d2125; --soft: #5c666f; \
        --line: #e2e5e8; --right: #1f77b4; --wrong: #d1495b; --bar: #9cc3e0; \
        --s0: #1f6fb2; --s1: #d9600f; --s2: #2a8f5b; --s3: #b0418f; --s4: #7a5c00; --s5: #5b54c4; --s6: #00838f; --s7: #6b6b6b; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1c2024; --ink: #e6e8ea; --soft: #9aa5af; \
        --line: #333a41; --right: #4ea3e0; --wrong: #f0717f; --bar: #2f5f85; \
        --s0: #5aaeee; --s1: #f59a52; --s2: #5cc792; --s3: #e284c4; --s4: #d6b84a; --s5: #a29cf5; --s6: #4ec6d2; --s7: #b0b0b0; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); \
        font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0; } h2 { font-size: 19px; margin: 44px 0 12px; }
        h3 { font-size: 15px; margin: 0 0 4px; } .scroll + h3, .note + h3 { margin-top: 24px; }
        p { margin: 4px 0 12px; color: var(--soft); max-width: 80ch; }
        .subtitle { font-size: 16px; margin-top: 4px; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; padding: 0; \
        list-style: none; }
        .tiles li, .chart, .mistake { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
        .tiles b { display: block; font-size: 24px; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
        .tiles span { color: var(--soft); font-size: 13px; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 16px; }
        figure { margin: 0; } .chart > svg { width: 100%; height: auto; display: block; margin-top: 6px; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0; padding: 0; list-style: none; font-size: 13px; \
        color: var(--soft); }
        .legend svg { width: 26px; height: 10px; margin-right: 6px; } .legend b { color: var(--ink); font-weight: 600; \
        font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--line); } .axis { stroke: var(--soft); } .tick { fill: var(--soft); font-size: 11px; }
        .curve { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .dashed { stroke-dasharray: 6 3; }
        .s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); }
        .s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
        .dot { fill: var(--card); } .sheet { fill: var(--card); stroke: var(--line); }
        .right { fill: var(--right); } .wrong { fill: var(--wrong); } .name { fill: var(--ink); } .count { fill: var(--ink); \
        font-size: 11px; } .strong { fill: var(--card); } .matrix { height: auto; display: block; }
        .reliability { width: 300px; flex: none; } .reliability .right { fill: var(--bar); } .ideal { stroke: var(--soft); \
        stroke-dasharray: 4 4; } .said { fill: var(--wrong); }
        .pair { display: flex; flex-wrap: wrap; gap: 24px; align-items: flex-start; }
        table { border-collapse: collapse; font-size: 14px; } th, td { text-align: left; padding: 5px 14px 5px 0; \
        border-bottom: 1px solid var(--line); vertical-align: top; unicode-bidi: isolate; overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-weight: 500; font-size: 13px; position: sticky; top: 0; background: var(--paper); }
        .chart thead th { background: var(--card); } tbody th { font-weight: 500; }
        .figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .facts th { color: var(--soft); font-weight: 500; white-space: nowrap; }
        .facts td { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 13px; white-space: pre-wrap; }
        .scroll { overflow: auto; max-height: 640px; max-width: 100%; } .wide { overflow-x: auto; max-width: 100%; }
        .meter { display: inline-block; width: 90px; height: 8px; margin-right: 8px; border-radius: 4px; background: var(--line); \
        overflow: hidden; vertical-align: middle; } .share { display: inline-block; min-width: 58px; } .meter i { display: block; height: 100%; background: var(--right); }
        details { margin-top: 10px; font-size: 14px; } summary { color: var(--soft); cursor: pointer; }
        pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; overflow: auto; \
        font-size: 13px; }
        .mistakes { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(520px, 100%), 1fr)); }
        .mistake img { display: block; max-width: 100%; height: auto; border-radius: 4px; background: #202020; }
        .mistake figcaption { margin-top: 8px; } .mistake small { color: var(--soft); overflow-wrap: anywhere; display: block; }
        .mistake .said { color: var(--wrong); font-weight: 600; } .mistake .actual { color: var(--right); font-weight: 600; }
        .missing { padding: 24px; text-align: center; color: var(--soft); border: 1px dashed var(--line); border-radius: 4px; }
        footer { margin-top: 56px; color: var(--soft); font-size: 13px; }
        @media print { .scroll { max-height: none; overflow: visible; } .chart, .mistake { break-inside: avoid; } }
        """
}
