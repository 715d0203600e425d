iotag←{
    ⍺←⎕IO
    ' '=⊃0⍴⊂⍺:⎕UCS(⎕UCS ⍺)∇{' '=⊃0⍴⊂⊃⍵:(⎕UCS⊃⍵),1↓⍵ ⋄ ⍵}⍵
    to step←2↑(,⍵),1
    step=0:⎕SIGNAL 11
    ⍺+(×to-⍺)×(|step)×(⍳1+⌊(|to-⍺)÷|step)-⎕IO
}
