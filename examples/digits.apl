⍝ A network that reads digits: two convolutions, each averaged over blocks of four, then ten sums, one for each digit.
⍝ It learns from one image after another, by gradient descent.
⍝
⍝ A layer is a function of arrays of any rank: the first kernels are matrices, the next ones have an axis for the six
⍝ images that the first layer makes of one, the last are as large as the image itself.

⎕IO←0

⍝ ---- Layers.

⍝ kernel CONV image: the sum of the image's elements under the kernel, times the kernel's, wherever it fits.
CONV←{image←⍵ ⋄ fits←1+(⍴⍵)-⍴⍺ ⋄ ⊃+/,⍺×{fits↑⍵↓image}¨⍳⍴⍺}

⍝ Several kernels, each with a number to be added.
MULTICONV←{image kernels biases←⍵ ⋄ biases{⍺+⍵ CONV image}⍤(0,⍴⍴image)⊢kernels}

SIGMOID←{÷1+*-⍵}
MEAN←{(+/÷≢),⍵}
AVGPOOL←{rows columns←2÷⍨⍴⍵ ⋄ MEAN⍤2⊢0 2 1 3⍉rows 2 columns 2⍴⍵}⍤2

⍝ ---- The way back, layer by layer: from the derivative of the error by what a layer gave to those by what it was
⍝      given, by its kernels and by its biases.

⍝ Every element of the kernel has sent its product with a part of the image into the result: there it comes back from.
BACKCONV←{kernel image←⍵ ⋄ d←⍺ ⋄ ⊃+/,kernel{(⍴image)↑(-⍵+⍴d)↑⍺×d}¨⍳⍴kernel}
BACKMULTICONV←{
    image kernels←⍵ ⋄ rank←⍴⍴image
    byimage←+⌿⍺{⍺ BACKCONV ⍵ image}⍤rank⊢kernels
    bykernels←{⍵ CONV image}⍤rank⊢⍺
    bybiases←+/,⍤rank⊢⍺
    byimage bykernels bybiases
}
BACKSIGMOID←{⍺×⍵×1-⍵}
BACKAVGPOOL←{2⌿2/⍵÷4}⍤2

⍝ ---- The network: an image and six parameters give what each layer shows.

FORWARD←{
    k1 b1 k2 b2 k3 b3←⍵
    c1←SIGMOID MULTICONV ⍺ k1 b1
    s1←AVGPOOL c1
    c2←SIGMOID MULTICONV s1 k2 b2
    s2←AVGPOOL c2
    out←SIGMOID MULTICONV s2 k3 b3
    c1 s1 c2 s2 out
}
GUESS←{⊃⍒,⊃⌽⍺ FORWARD ⍵}
WANTED←{10 1 1 1 1⍴⍵=⍳10}
ERROR←{2÷⍨+/,(⍺-⍵)*2}

⍝ image digit GRADIENT parameters: the error, and its derivative by each of the parameters.
GRADIENT←{
    image digit←⍺ ⋄ k1 b1 k2 b2 k3 b3←⍵
    c1 s1 c2 s2 out←image FORWARD ⍵
    wanted←WANTED digit
    ds2 dk3 db3←((out-wanted)BACKSIGMOID out)BACKMULTICONV s2 k3
    ds1 dk2 db2←((BACKAVGPOOL ds2)BACKSIGMOID c2)BACKMULTICONV s1 k2
    _ dk1 db1←((BACKAVGPOOL ds1)BACKSIGMOID c1)BACKMULTICONV image k1
    (out ERROR wanted)(dk1 db1 dk2 db2 dk3 db3)
}

⍝ rate images digits EPOCH parameters: one image after another; the mean error, and better parameters.
EPOCH←{
    rate images digits←⍺
    step←{
        error parameters←⍵
        e g←(⍺⌷images)(⍺⌷digits)GRADIENT parameters
        (error+e)(parameters-rate×g)
    }
    error parameters←⊃step/(⌽⍳≢digits),⊂0 ⍵
    (error÷≢digits)parameters
}

⍝ ---- Images of 28 by 28 pixels, made of waves, two of each digit.

WAVES←{¯1+128÷⍨3+251|103×251|(1+⍵+3×10|⍵)×(⍳28)∘.+(1+10|⍵)×⍳28}
digits←10|⍳20
images←↑WAVES¨⍳20
⍴images

⍝ All kernels begin as means.
fresh←(6 5 5⍴÷25)(6⍴÷6)(12 6 5 5⍴÷150)(12⍴÷12)(10 12 1 4 4⍴÷192)(10⍴÷10)
WEIGHED←{+/(1+7|⍳≢r)×r←,⍵}                        ⍝ one number for an array
layers←(3⌷images)FORWARD fresh
⍴¨layers
WEIGHED¨layers

⍝ Is it the gradient? One element of each parameter, a little more and a little less: beside what the way back says
⍝ stands what the error does. (In parameters that differ from each other, so that no mistake is hidden.)
parameters←{⍵×1+0.5×1○(⍴⍵)⍴⍳×/⍴⍵}¨fresh
e g←(3⌷images)3 GRADIENT parameters
e
NUDGED←{parameter element by←⍺ ⋄ p←⍵ ⋄ p⊣(element⊃,parameter⊃p)+←by}
ERRORAT←{(⊃⌽(3⌷images)FORWARD ⍵)ERROR WANTED 3}
SLOPE←{h←1E¯5 ⋄ (h×2)÷⍨-/{ERRORAT ⍵ NUDGED parameters}¨(⍵,h)(⍵,-h)}
places←(⍳6),¨{⊃⍒|,⍵}¨g
derived←{parameter element←⍵ ⋄ element⊃,parameter⊃g}¨places
measured←SLOPE¨places
(↑places),derived,[0.5]measured
1E¯6>⌈/|(derived-measured)÷derived

⍝ Two rounds through all the images: the mean error of each, and what is read in the first ten.
e1 p1←0.05 images digits EPOCH fresh
e2 p2←0.05 images digits EPOCH p1
e1 e2
(10↑images)GUESS⍤2 99⊢p2
