foldl←{
    step←⍺⍺
    ⍺{0=≢⍵:⍺ ⋄ (⍺ step⊃⍵)∇ 1↓⍵}⍵
}
