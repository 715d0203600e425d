trav←{
    accumulate←⍺⍺
    parts←⍵⍵
    ⍺{
        (⍺ accumulate ⍵)∇{
            0=≢⍵:⍺
            (⍺ ⍺⍺⊃⍵)∇ 1↓⍵
        }parts ⍵
    }⍵
}
