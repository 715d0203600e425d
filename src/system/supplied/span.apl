span←{
    graph←,¨⍺
    tree←(≢graph)⍴¯2
    tree[⍵]←¯1
    {
        tree fringe←⍵
        0=≢fringe:tree
        to←∊graph[fringe]
        from←(≢¨graph[fringe])/fringe
        new←(≠to)∧¯2=tree[to]
        to←new/to
        tree[to]←new/from
        ∇ tree to
    }tree(,⍵)
}
