nfactors←{
    (⍵<1)∨⍵≠⌊⍵:⎕SIGNAL 11
    ⍬{
        ⍵=1:⍺
        divisors←(0=(1↓⍳⌊⍵*0.5)|⍵)/1↓⍳⌊⍵*0.5
        0=≢divisors:⍺,⍵
        (⍺,⊃divisors)∇ ⍵÷⊃divisors
    }⍵⊣⎕IO←1
}
