⍝ The previous article of the series: a transposed convolution of one channel, step by step.
⍝
⍝ The stride is the size of the kernel, so each pixel of the image gives a block of the result: the kernel times the pixel.

⎕IO←0
]box on

ker ← 2 2⍴1 2 3 4
inp ← 2 3⍴0 1 2 3 4 5

⍝ One block for every pixel:
ker ⊂⍤×⍤2 0⊢inp

⍝ The blocks side by side:
⊃,/⍪⌿ker ⊂⍤×⍤2 0⊢inp

⍝ This is the whole function:
TC ← {⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}
ker TC inp

⍝ The same without nested arrays, by permuting the axes of an outer product:
TCA ← {((⍴⍵)×⍴⍺)⍴0 2 1 3⍉⍵∘.×⍺}
(ker TC inp) ≡ ker TCA inp

⍝ And on random numbers:
⎕RL ← 42 1
⎕ ← ker ← ¯1+2×?2 2⍴0
inp ← ?4 5⍴0
⍴ker TC inp
(ker TC inp) ≡ ker TCA inp
