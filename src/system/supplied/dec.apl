dec←{
    ⎕IO←0
    ⍺←0
    1<≡⍵:⍺ ∇¨⍵
    digits←16|(⎕D,'abcdef',⎕D,'ABCDEF')⍳,⍵
    0=≢digits:0
    (16⊥digits)-(⍺∧8≤⊃digits)×16*≢digits
}
