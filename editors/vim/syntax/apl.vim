if exists("b:current_syntax")
  finish
endif
syntax match aplFunction "[-+×÷*⍟⌈⌊|!○~∧∨⍲⍱<≤=≥>≠?⍴,⍪⌽⊖⍉↑↓⊂⊃⊆⌷≡≢⊣⊢⍳⍸∊⍷∪∩⍋⍒⍎⍕⊥⊤⌹]"
syntax match aplOperator "[/⌿\\⍀¨⍨∘.⍤⍥⍛⍣@⌸⌺⍠⌶&]"
syntax match aplAssign "[←→]"
syntax match aplArgument "[⍺⍵∇]"
syntax match aplSystem "⎕[A-Za-z]*\|⍞"
syntax match aplNumber "¯\?\<[0-9][0-9.]*\([EeJj]¯\?[0-9.]\+\)*\|⍬"
syntax match aplControl "\(^\|[⋄ ]\)\@<=:[A-Za-z]\+"
syntax match aplString "'[^']*'\|\"[^\"]*\""
syntax match aplComment "⍝.*$"
highlight default link aplFunction Function
highlight default link aplOperator Operator
highlight default link aplAssign Statement
highlight default link aplArgument Identifier
highlight default link aplSystem Special
highlight default link aplNumber Number
highlight default link aplControl Keyword
highlight default link aplString String
highlight default link aplComment Comment
let b:current_syntax = "apl"
