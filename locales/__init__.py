"""Every text people see, in both languages: `zh_CN/*.po` and `en/*.po`, keyed by symbolic ids."""
