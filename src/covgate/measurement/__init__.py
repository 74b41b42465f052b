"""Coverage data, parsed sources and what was measured: all contact with coverage.py's insides.

Private names of coverage.py that are used here, and where; `tests/measurement/test_private_names.py`
fails with the name where a release drops one:

`Coverage._data_to_close`: reader.py
`Coverage._collector`: plugin/test_map.py
`Coverage._file_mapper`: recorded.py
`Coverage._get_file_reporters`: recorded.py
`Coverage._make_aliases`: recorded.py, data_files.py
`Coverage._prepare_data_for_reporting`: reader.py, recorded.py
`Coverage._should_trace`: plugin/test_map.py
`config._crash`: coverage_settings.py
`PythonParser._with_jump_fixers`: parsing/parsed_source.py

Two names have substitutes: the parser's `multiline_map` (`_multiline` in some versions) and `_ast_root` (else the
source is parsed again). Modules without a promise of stability: `coverage.parser`, `coverage.python`, `coverage.files`,
and the attributes of `Coverage.config`. The table layout of data files (schema 7) is documented by coverage.py.
"""
