⍝ Draws the pictures of docs/pictures.md into a folder: zilde examples/pictures.apl FOLDER

folder←⊃⌽⎕ARG
{}3 ⎕MKDIR folder
Draw←{('-to=',folder,'/',⍺)⎕SE.plot ⍵}

degrees←5×¯1+⍳73
wave←{degrees(⍵○○degrees÷180)}
'lines.svg -title="Two waves" -x=degrees -names=sine,cosine'Draw(wave 1)(wave 2)

⎕RL←42
normal←{(1○○2×?⍵⍴0)×(¯2×⍟?⍵⍴0)*0.5}
'scatter.svg -kind=scatter -title="Two clouds" -names=left,right'Draw(⍉2 200⍴normal 400)(2+⍉2 200⍴normal 400)

'bars.svg -title="Rain in millimetres" -names="last year,this year"'Draw('Mar' 'Apr' 'May' 'Jun')(62 48 71 80)(55 63 40 92)

'histogram.svg -kind=histogram -title="Sums of twelve dice" -bins=25'Draw+/?1000 12⍴6

'heat.svg -title="A multiplication table" -x=factor -y=factor'Draw∘.×⍨⍳12

row←64 64⍴4×¯1+⍳64
'image.png -title="Red to the right, green down"'Draw 3 1 2⍉↑row(⍉row)(0×row)
