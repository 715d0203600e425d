nats←{
    ⎕IO←0
    base←1E5
    trim←{(+/∧\0=⍵)↓⍵}
    carry←{over←⌊⍵÷base ⋄ ∧/0=over:trim ⍵ ⋄ ∇(0,⍵-base×over)+over,0}
    read←{
        text←,⍕⍵
        ~∧/text∊⎕D:('Bad number: ',text)⎕SIGNAL 11
        groups←⌈(≢text)÷5
        trim 10⊥⍉groups 5⍴⎕D⍳(((5×groups)-≢text)⍴'0'),text
    }
    write←{0=≢⍵:,'0' ⋄ text←⎕D[,⍉(5⍴10)⊤⍵] ⋄ (+/∧\'0'=text)↓text}
    align←{most←(≢⍺)⌈≢⍵ ⋄ ↑((-most)↑⍺)((-most)↑⍵)}
    compare←{⊃0~⍨×-⌿⍺ align ⍵}
    plus←{carry+⌿⍺ align ⍵}
    minus←{0>⍺ compare ⍵:⍬ ⋄ carry-⌿⍺ align ⍵}
    times←{
        (≢⍺)>≢⍵:⍵ ∇ ⍺
        0=≢⍺:⍬
        size←(≢⍺)+(≢⍵)-1
        64≥≢⍺:carry+⌿(-⍳≢⍺)⌽size↑⍤1⊢⍺∘.×⍵
        half←⌊(≢⍺)÷2
        (((half↑⍺)∇ ⍵),((≢⍺)-half)⍴0)plus(trim half↓⍺)∇ ⍵
    }
    divide←{
        0=≢⍵:'Divide by zero'⎕SIGNAL 11
        by←⍵
        lead←base⊥3↑by
        settle←{
            left←(-⌿⍺ align carry by×⍵)
            0>⊃0~⍨left:⍺ ∇ ⍵-1
            left←carry left
            0≤left compare by:⍺ ∇ ⍵+1
            ⍵ left
        }
        next←{
            quotient left←⍵
            left←trim left,⍺
            digit left←left settle 0⌈⌊(base⊥4↑(-1+≢by)↑left)÷lead
            (quotient,digit)left
        }
        quotient left←⊃next/(⌽⍺),⊂⍬ ⍬
        (trim quotient)left
    }
    power←{
        0=≢⍵:,1
        half bit←⍵ divide,2
        root←⍺ ∇ half
        square←root times root
        0=≢bit:square
        square times ⍺
    }
    common←{0=≢⍵:⍺ ⋄ ⍵ ∇⊃⌽⍺ divide ⍵}
    residue←{0=≢⍺:⍵ ⋄ ⊃⌽⍵ divide ⍺}
    multiple←{0=≢⍺:⍺ ⋄ ⍵ times⊃⍺ divide ⍺ common ⍵}
    asked←6 ⍺⍺ 10
    left right←read¨⍺ ⍵
    asked∊0 1:⍕(left compare right)⍺⍺ 0
    asked=16:write left plus right
    asked=¯4:write left minus right
    asked=60:write left times right
    asked=0.6:write⊃left divide right
    asked=6*10:write left power right
    asked=6:write⊃(0<left compare right)⌽left right
    asked=10:write⊃(0>left compare right)⌽left right
    asked=4:write left residue right
    asked=2:write left common right
    asked=30:write left multiple right
    'Not a function of natural numbers'⎕SIGNAL 11
}
