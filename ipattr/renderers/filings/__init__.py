"""Case → what goes into a filing: Word and PDF documents per addressee, a workbook, a page, a calendar."""
