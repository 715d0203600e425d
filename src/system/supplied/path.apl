path←{
    graph←,¨⍺
    from to←⍵
    tree←(≢graph)⍴¯2
    tree[from]←¯1
    tree←{
        tree fringe←⍵
        (0=≢fringe)∨¯2≠tree[to]:tree
        ends←∊graph[fringe]
        begins←(≢¨graph[fringe])/fringe
        new←(≠ends)∧¯2=tree[ends]
        ends←new/ends
        tree[ends]←new/begins
        ∇ tree ends
    }tree(,from)
    ¯2=tree[to]:⍬
    {¯1=tree[⊃⍵]:⍵ ⋄ ∇ tree[⊃⍵],⍵},to
}
