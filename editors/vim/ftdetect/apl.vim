autocmd BufRead,BufNewFile *.apl,*.apls,*.aplf,*.aplo,*.apln,*.apla,*.dyalog,*.aplt setfiletype apl
