"""Documents that a provider owes, begun from what files prove.

A form is data: parts, fields, and for each field what may answer it and what to ask.
An answer says how it is known and where it stands; whatever no file answers, or only in
part, becomes a numbered question.
"""
