scc←{
    graph←,¨⍵
    count←≢graph
    ends←∊graph
    begins←(≢¨graph)/⍳count
    back←{⍵/begins}¨↓(⍳count)∘.=ends
    reach←{
        graph←⍺
        {
            known fringe←⍵
            0=≢fringe:known
            to←∪∊graph[fringe]
            to←(~known[to])/to
            known[to]←1
            ∇ known to
        }((⍳≢graph)=⍵)(,⍵)
    }
    {
        0=≢left←⍸¯1=⍵:⍵
        first←⊃left
        ∇(⎕IO+≢∪⍵~¯1)@{(¯1=⍵)∧(graph reach first)∧back reach first}⍵
    }count⍴¯1
}
