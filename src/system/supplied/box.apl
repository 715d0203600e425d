box←{
    ⍺←⍬ ⍬ 0
    h v t←3↑⍺,(≢⍺)↓⍬ ⍬ 0
    0<(≢h)+≢v:'box with lines within'⎕SIGNAL 16
    corners sides←⊃(t=0 1)/('┌┐└┘' '─│')('╔╗╚╝' '═║')
    lines←⎕FMT ⍵
    wide←(≢⍉lines)⍴⊃sides
    side←(≢lines)⍴⊃⌽sides
    (corners[⎕IO],wide,corners[⎕IO+1])⍪(side,lines,side)⍪corners[⎕IO+2],wide,corners[⎕IO+3]
}
