box←{
    ⎕IO←1
    ⍺←⍬ ⍬ 0
    h v t←3↑⍺,(≢⍺)↓⍬ ⍬ 0
    top middle bottom sides←⊃(t=0 1)/('┌─┬┐' '├─┼┤' '└─┴┘' '│ ││')('╔═╦╗' '╠═╬╣' '╚═╩╝' '║ ║║')
    lines←⎕FMT ⍵
    divided←{(⍺>⍳⍺)∧(⍳⍺)∊⍵}
    below behind←(⍴lines)divided¨h v
    row←{⍺[1],(∊behind{⍺:⍵,inner ⋄ ⍵}¨⍵⊣inner←⍺[3]),⍺[4]}
    rule←{⍵ row(≢behind)⍴⍵[2]}
    ↑(⊂rule top),(⊃,/below{⍺:⍵(rule middle) ⋄ ⊂⍵}¨sides∘row¨↓lines),⊂rule bottom
}
