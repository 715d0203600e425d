bsearch←{
    is←⍺⍺
    {
        low high←⍵
        low≥high:,low
        middle←⌊0.5×low+high
        is middle:∇ low middle
        ∇(middle+1)high
    }⍵
}
