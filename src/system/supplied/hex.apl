hex←{
    ⎕IO←0
    ⍺←0
    1<≡⍵:⍺ ∇¨⍵
    1∊⍵=⍵+1:'Too big'⎕SIGNAL 11
    fits←{(⌈/,⍵)<16*⍺:(⌊/,⍵)≥-0.5×16*⍺ ⋄ 0}
    width←⍺{⍺>0:⍺ ⋄ ⊃(2 4 8 fits¨⊂⍵)/2 4 8}⍵
    width←width+16×width=0
    digits←'0123456789abcdef'[(width⍴16)⊤⍵]
    0=≢⍴⍵:digits
    ↓(¯1⌽⍳≢⍴digits)⍉digits
}
