cmpx←{
    ⍙list←,{2>|≡⍵:⊂,⍵ ⋄ ,¨⍵}⍵
    ⍙seconds←{
        ⍙run←⍎'{⍙value←',⍵,' ⋄ ⍵}'
        {
            ⍙from←⊃2↓⎕AI
            ⍙none←⍙run⍣⍵⊢0
            ⍙spent←(⊃2↓⎕AI)-⍙from
            ⍙spent<20:∇ 2×⍵
            0.001×⍙spent÷⍵
        }1
    }
    ⍙times←⍙seconds¨⍙list
    ⍙text←{1↓¯2⍕⍵}
    1=≢⍙list:⍙text⊃⍙times
    ⍙more←⌊0.5+100×¯1+⍙times÷⊃⍙times
    ⍙percents←{((⍵>0)/'+'),('-'@('¯'∘=)⍕⍵),'%'}¨⍙more
    ⍙bars←{40↑⍵⍴'⎕'}¨⌊0.5+40×⍙times÷⌈/⍙times
    ⍙same←(⊂⍎⊃⍙list)≡¨⍎¨⍙list
    ⍙right←{↑(-⌈/≢¨⍵)↑¨⍵}
    ('* '[⎕IO+⍪⍙same]),' ',(↑⍙list),' ','→',' ',(↑⍙text¨⍙times),' ','|',' ',(⍙right ⍙percents),' ',↑⍙bars
}
