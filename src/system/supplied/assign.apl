assign←{
    ⎕IO←1
    0∊⍴⍵:0×⍵
    >/⍴⍵:⍉∇⍉⍵
    costs←⍵
    rows cols←⍴⍵
    reach←{
        u v least way used at owner←⍵
        used[at]←1
        row←owner[at]
        now←(0,costs[row;])-u[row]+v
        closer←⍸(~used)∧now<least
        least[closer]←now[closer]
        way[closer]←at
        free←⍸~used
        next←free[⊃⍋least[free]]
        step←least[next]
        u[owner[⍸used]]+←step
        v[⍸used]-←step
        least[free]-←step
        0=owner[next]:u v way next
        ∇ u v least way used next owner
    }
    extend←{
        u v owner←⍵
        owner[1]←⍺
        blank←(cols+1)⍴0
        u v way at←reach u v(blank+⌊/⍬)(blank+1)blank 1 owner
        u v({
            1=⍵:⍺
            before←⍺
            before[⍵]←⍺[way[⍵]]
            before ∇ way[⍵]
        }∘at⊢owner)
    }
    owner←1↓3⊃⊃extend/(⌽⍳rows),⊂(rows⍴0)((cols+1)⍴0)((cols+1)⍴0)
    chosen←rows cols⍴0
    columns←⍸0≠owner
    chosen[owner[columns],¨columns]←1
    chosen
}
