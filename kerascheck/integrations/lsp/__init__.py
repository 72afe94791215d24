"""The language server: `kerascheck lsp`, on standard input and output. Needs the extra `lsp`.

Two processes: the server answers the client from what it knows and never computes for long; its worker (`worker`)
analyses one text at a time and sends plain facts (`facts`) back. What belongs to the protocol stays in the server,
what belongs to the analysis in the worker.
"""
