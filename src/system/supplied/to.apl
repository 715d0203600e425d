to←{
    ⎕IO←0
    first←⊃⍺
    step←(⊃1↓⍺,first+1-2×⍵<first)-first
    first+step×⍳0⌈1+⌊(⍵-first)÷step
}
