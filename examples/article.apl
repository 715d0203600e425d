⍝ Multi-channel transposed convolutions: the article's session, as written.

⎕IO←0
]box on

TC ← {⊃,/⍪⌿⍺⊂⍤×⍤2 0⊢⍵}  ⍝ (inefficient) transposed convolution from previous post
mcTC ← +⌿[1]TC⍤2⍤3      ⍝ multi-channel transposed convolution

⍝ A kernel of 3 output channels by 2 input channels, an image of 2 channels:
ker ← ?3 2 2 2⍴0
inp ← ?2 4 5⍴0
⍴ker mcTC inp

⍝ Each output channel is the sum of the transposed convolutions of the input channels:
out ← ker mcTC inp
channel ← out[0;;]
⍴channel
(inp1 inp2) ← ⊂⍤2⊢inp
(⍴inp1) (⍴inp2)
(k1 k2) ← ⊂⍤2⊢ker[0;;;]
(⍴k1) (⍴k2)
channel ≡ (k2 TC inp2)+(k1 TC inp1)

⍝ The up-sampling step of a U-Net keeps its channels last: kernel (in 2 2 out), image (w h in).
UP ← {((2×¯1↓⍴⍵),¯1↑⍴⍺)⍴0 2 1 3 4⍉⍵+.×⍺}
ker ← ?3 2 2 5⍴0 ⋄ inp ← ?13 17 3⍴0 ⋄ out ← ker UP inp
⍴out
channel ← out[;;0]
(inp1 inp2 inp3) ← (inp[;;0]) (inp[;;1]) (inp[;;2])
(k1 k2 k3) ← ⊂⍤2⊢ker[;;;0]
channel ≡ (k3 TC inp3)+(k2 TC inp2)+(k1 TC inp1)

⍝ Two experiments that the article does in PyTorch.
⍝ A convolution of two channels is the sum of two convolutions of one channel:
ker ← ¯1+2×?1 2 3 3⍴0 ⋄ inp ← ¯1+2×?2 7 6⍴0
both ← ker mcTC inp
apart ← ⊃+/{ker[;,⍵;;] mcTC inp[,⍵;;]}¨0 1
∧/,both=apart
⌈/,|both-apart

⍝ Output channels are independent of each other:
ker ← ¯1+2×?3 2 2 2⍴0 ⋄ inp ← ¯1+2×?2 4 5⍴0
(ker mcTC inp) ≡ ⊃⍪/{ker[,⍵;;;] mcTC inp}¨0 1 2
