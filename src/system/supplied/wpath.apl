wpath←{
    graph costs←,¨¨↓⍺
    from to←⍵
    least←(≢graph)⍴⌊/⍬
    least[from]←0
    tree←(≢graph)⍴¯2
    tree[from]←¯1
    tree←{
        tree least fringe←⍵
        0=≢fringe:tree
        ends←∊graph[fringe]
        begins←(≢¨graph[fringe])/fringe
        sums←least[begins]+∊costs[fringe]
        order←⍋sums
        (ends begins sums)←ends[order] begins[order] sums[order]
        better←(≠ends)∧sums<least[ends]
        (ends begins sums)←(⊂better)/¨ends begins sums
        tree[ends]←begins
        least[ends]←sums
        ∇ tree least ends
    }tree least(,from)
    ¯2=tree[to]:⍬
    {¯1=tree[⊃⍵]:⍵ ⋄ ∇ tree[⊃⍵],⍵},to
}
