⍝ A network that recognises digits: two convolutions, each followed by averaging over blocks of 2 by 2 pixels, then ten
⍝ weighted sums, one for each digit. It is trained on one image after another, by gradient descent.
⍝
⍝ A layer is a function of arrays of any rank: the kernels of the first layer are matrices, those of the second have an
⍝ axis for the six images that the first layer produces, and those of the last layer are as large as its input.

⎕IO←0

⍝ ---- Layers.

⍝ kernel CONV image: for each position of the kernel within the image, the sum of the products of their elements.
CONV←{image←⍵ ⋄ fits←1+(⍴⍵)-⍴⍺ ⋄ ⊃+/,⍺×{fits↑⍵↓image}¨⍳⍴⍺}

⍝ Several kernels, each with a bias that is added to its result.
MULTICONV←{image kernels biases←⍵ ⋄ biases{⍺+⍵ CONV image}⍤(0,⍴⍴image)⊢kernels}

SIGMOID←{÷1+*-⍵}
MEAN←{(+/÷≢),⍵}
AVGPOOL←{rows columns←2÷⍨⍴⍵ ⋄ MEAN⍤2⊢0 2 1 3⍉rows 2 columns 2⍴⍵}⍤2

⍝ ---- The backward pass, layer by layer: from the derivative of the error with respect to the output of a layer to the
⍝      derivatives with respect to its input, its kernels and its biases.

⍝ Each element of the kernel was multiplied with a part of the image; the derivative flows back to that part.
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

⍝ ---- The network: from an image and six parameters, the output of each layer.

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

⍝ image digit GRADIENT parameters: the error, and its derivative with respect to each of the parameters.
GRADIENT←{
    image digit←⍺ ⋄ k1 b1 k2 b2 k3 b3←⍵
    c1 s1 c2 s2 out←image FORWARD ⍵
    wanted←WANTED digit
    ds2 dk3 db3←((out-wanted)BACKSIGMOID out)BACKMULTICONV s2 k3
    ds1 dk2 db2←((BACKAVGPOOL ds2)BACKSIGMOID c2)BACKMULTICONV s1 k2
    _ dk1 db1←((BACKAVGPOOL ds1)BACKSIGMOID c1)BACKMULTICONV image k1
    (out ERROR wanted)(dk1 db1 dk2 db2 dk3 db3)
}

⍝ rate images digits EPOCH parameters: trains on one image after another; the mean error, and the new parameters.
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

⍝ ---- Images of 28 by 28 pixels with different wave patterns for the digits, two images for each digit.

WAVES←{¯1+128÷⍨3+251|103×251|(1+⍵+3×10|⍵)×(⍳28)∘.+(1+10|⍵)×⍳28}
digits←10|⍳20
images←↑WAVES¨⍳20
⍴images

⍝ Initially all kernels compute means.
fresh←(6 5 5⍴÷25)(6⍴÷6)(12 6 5 5⍴÷150)(12⍴÷12)(10 12 1 4 4⍴÷192)(10⍴÷10)
WEIGHED←{+/(1+7|⍳≢r)×r←,⍵}                        ⍝ one number for an array
layers←(3⌷images)FORWARD fresh
⍴¨layers
WEIGHED¨layers

⍝ A numerical check of the gradient: one element of each parameter is changed a little in both directions. The table shows
⍝ the derivative from the backward pass beside the difference quotient. (The elements of the parameters are made different
⍝ from each other, so that no mistake is hidden.)
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

⍝ Two epochs over all images: the mean error of each, and the digits recognised in the first ten images.
e1 p1←0.05 images digits EPOCH fresh
e2 p2←0.05 images digits EPOCH p1
e1 e2
(10↑images)GUESS⍤2 99⊢p2
