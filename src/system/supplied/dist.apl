dist←{
    left right←,¨⍺ ⍵
    row←0,(⍳≢right)+~⎕IO
    ⊃⌽⊃{
        char row←⍺ ⍵
        least←(1+row)⌊(1+⊃row),(¯1↓row)+char≠right
        (⍳≢least){⍺+⌊\⍵-⍺}least
    }/(⌽left),⊂row
}
