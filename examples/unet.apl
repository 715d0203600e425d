⍝ A U-Net: a network that decides for every pixel of an image whether it belongs to the objects that are looked for. The
⍝ program has the forward pass, the loss, the backward pass, and gradient descent with momentum, for images of any size
⍝ and networks of any depth.
⍝
⍝ The contracting part of the network halves the image several times and doubles the number of channels; the expanding
⍝ part does the opposite, and at each level joins the image with a copy of that from the contracting part.

⎕IO←0

⍝ ---- Data that is the same in every run: squares modulo a prime serve as random numbers.

SCRAMBLE←{prime factor start←⍺ ⋄ prime|factor×prime|(⍵+start)×⍵+2×start}
NUMBERS←{width start←⍺ ⋄ ⍵⍴width×((65521 40503 start SCRAMBLE⍳×/⍵)-32760)÷65536}   ⍝ between ±width÷2
IMAGE←{⍵⍴(251 103 ⍺ SCRAMBLE⍳×/⍵)÷256}                                             ⍝ grey levels from 0 to 1
MASK←{⍵⍴100<251 103 ⍺ SCRAMBLE⍳×/⍵}                                                ⍝ the pixels to be found

⍝ ---- Layers. An image has rows, columns and channels.

INSIDE←{1 1↓¯1 ¯1↓{,⍵}⌺3 3⊢⍵}                ⍝ each 3×3 neighbourhood within the image, ravelled
ACROSS←{{,⍵}⌺3 3⊢0⍪0⍪⍨0,[1]⍵,[1]0}            ⍝ each that overlaps it
CONV←{(INSIDE ⍵)+.×,[⍳3]⍺}                   ⍝ kernel: 3 3 in out
UP←{((2×¯1↓⍴⍵),¯1↑⍴⍺)⍴0 2 1 3 4⍉⍵+.×⍺}       ⍝ kernel: in 2 2 out. Every pixel becomes four.
POOL←{{⌈⌿⌈⌿⍵}⌺(2 2⍴2)⊢⍵}                     ⍝ every four pixels become one: the greatest
SPREAD←{⍺↑2⌿2/[1]⍵}                          ⍝ every pixel becomes four of the same, in an image of shape ⍺
MIDDLE←{p←2÷⍨(2↑⍴⍵)-2↑⍺ ⋄ (⌊p)↓(-⌈p)↓⍵}      ⍝ as many rows and columns as shape ⍺ has
JOIN←{((⍴⍵)MIDDLE ⍺),⍵}                      ⍝ the channels of ⍺ before those of ⍵
SOFTMAX←{1E¯8+e÷[⍳2]+/e←*⍵-[⍳2]⌈/⍵}
LOSS←{-+/⍟,(⍺×⍵[;;1])+(~⍺)×⍵[;;0]}           ⍝ mask LOSS output: the sum of the logarithms of the probabilities, negated

⍝ ---- Kernels, in one vector: three for the end of the network, then six for every level.

SHAPES←{
    depth base←⍵
    level←{
        c←base×2*⍵                           ⍝ channels of this level; a deeper one has twice as many
        from←c×4*⍵<depth-1                   ⍝ 4×c if the input is joined with its copy, c at the deepest level
        down←(3 3,((c÷2)*×⍵),c)(3 3 c c)     ⍝ the input of level 0 has one channel
        down,⍬(3 3 from(2×c))(3 3,2×c c)((2×c)2 2 c)
    }
    (3 3(2×base)base)(3 3 base base)(base 2),⊃,/level¨⍳depth
}
FANIN←{2=1⊃⍵:⊃⍵ ⋄ ×/3↑⍵}
WIDTH←{2*⌊0.5+2⍟(24÷FANIN ⍵)*÷2}              ⍝ a power of two, so that all numbers are exact
KERNELS←{
    shapes←SHAPES ⍵
    (100+7×⍳≢shapes){0=≢⍵:⍬ ⋄ ((WIDTH ⍵),⍺)NUMBERS ⍵}¨shapes
}

⍝ ---- The network. Every step stores in Z what the backward pass needs, at the index that its kernel has in W.

FORWARD←{
    W←⍺ ⋄ Z←(≢W)⍴⊂⍬
    conv←{z←(⍺⊃W)CONV ⍵ ⋄ 0⌈z⊣(⍺⊃Z)←⍵ z}
    pool←{POOL(⍺⊃Z)←⍵}
    join←{(⍺⊃Z)JOIN ⍵}
    up←{(⍺⊃W)UP(⍺⊃Z)←⍵}
    last←{SOFTMAX((⍺⊃Z)←⍵)+.×⍺⊃W}
    level←{
        ⍺≥≢W:⍵
        (⍺+2)join(⍺+5)up(⍺+4)conv(⍺+3)conv(⍺+6)∇(⍺+2)pool(⍺+1)conv ⍺ conv ⍵
    }
    image←⍵⍴⍨3↑(⍴⍵),1
    out←2 last 1 conv 0 conv 3 level image
    Z out
}

⍝ ---- The backward pass: from the derivative of the loss with respect to the output of a step to that with respect to its
⍝      input, and, stored in G, to that with respect to its kernel.

OUTER←{(⍉,[⍳2]⍺)+.×,[⍳2]⍵}                   ⍝ channels of ⍺ by channels of ⍵, summed over pixels

BACKWARD←{
    W Z←⍺ ⋄ mask out←⍵ ⋄ G←(≢W)⍴⊂⍬
    conv←{
        x z←⍺⊃Z ⋄ d←⍵×0<z
        (⍺⊃G)←(⍴⍺⊃W)⍴(INSIDE x)OUTER d
        (ACROSS d)+.×,[⍳3]0 1 3 2⍉⊖⌽[1]⍺⊃W
    }
    up←{
        four←⊢⌺(2 2⍴2)⊢⍵                     ⍝ the four pixels that each one has become
        (⍺⊃G)←(⍺⊃Z)OUTER four
        (,[2+⍳3]four)+.×⍉,[1+⍳3]⍺⊃W
    }
    pool←{x←⍺⊃Z ⋄ ((⍴x)SPREAD ⍵)×x=(⍴x)SPREAD POOL x}
    copy←{x←⍺⊃Z ⋄ p←⌊2÷⍨(⍴x)-⍴⍵ ⋄ (⍴x)↑(-p+⍴⍵)↑⍵}
    last←{(⍺⊃G)←(⍺⊃Z)OUTER ⍵ ⋄ ⍵+.×⍉⍺⊃W}
    level←{
        ⍺≥≢W:⍵
        half←2÷⍨⊃⌽⍴⍵                         ⍝ half of the channels are the copy, the others come from the level below
        below←(⍺+6)∇(⍺+3)conv(⍺+4)conv(⍺+5)up(0 0,half)↓⍵
        ⍺ conv(⍺+1)conv((⍺+2)pool below)+(⍺+2)copy(0 0,-half)↓⍵
    }
    _←3 level 0 conv 1 conv 2 last out-(~mask),[1.5]mask
    G
}

⍝ ---- Training: gradient descent with momentum.

STEP←{
    rate momentum image mask←⍺ ⋄ W V←⍵
    Z out←W FORWARD image
    ⎕←'loss',mask LOSS out
    V←(W Z BACKWARD mask out)+momentum×V
    (W-rate×V)V
}

⍝ ---- A small network, depth 2 with 4 channels at the top, on an image of 46 by 52 pixels.

WEIGHED←{+/(1+7|⍳≢r)×r←,⍵}                   ⍝ one number for an array
⍴¨W←KERNELS 2 4
image←17 IMAGE 46 52
Z out←W FORWARD image
⍴out                                         ⍝ smaller than the image, as convolutions have no padding
mask←(⍴out)MIDDLE 29 MASK 46 52
WEIGHED out
mask LOSS out
G←W Z BACKWARD mask out
⍴¨G
WEIGHED¨G

⍝ A numerical check of the gradient: in each kernel, the element on which the loss depends most is changed a little in both
⍝ directions. The table shows the derivative from the backward pass beside the difference quotient.
NUDGED←{kernel element by←⍺ ⋄ W←⍵ ⋄ W⊣(element⊃,kernel⊃W)+←by}
SLOPE←{h←1E¯5 ⋄ (h×2)÷⍨-/{mask LOSS 1⊃(⍵ NUDGED W)FORWARD image}¨(⍵,h)(⍵,-h)}
places←{⍵,⊃⍒|,⍵⊃G}¨⍸0<≢¨W
derived←{kernel element←⍵ ⋄ element⊃,kernel⊃G}¨places
measured←SLOPE¨places
(↑places),derived,[0.5]measured
1E¯6>⌈/|(derived-measured)÷derived

⍝ Five steps of training, and the loss after them.
W V←(0.001 0.9 image mask∘STEP⍣5)W(0×W)
mask LOSS 1⊃W FORWARD image
