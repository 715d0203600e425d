htx←{
    tag←⍺~'<>/ '
    found←('<',tag,'(?:\s[^>]*)?>(.*?)</',tag,'\s*>')⎕S'\1'⍠'Mode' 'D'⍠'DotAll' 1⍠'IC' 1
    found ⍵
}
