@echo off
rem Start memokit on Windows: double-click this file. It makes the environment the first time, then opens the page.
rem Messages are in Dutch, without accents: this file is for councils.
setlocal
title memokit
pushd "%~dp0"

set "VENV=.venv\Scripts\python.exe"
set "TEST=import sys; sys.exit(sys.version_info < (3, 11))"

if exist "%VENV%" (
  "%VENV%" -c "%TEST%" >nul 2>nul && goto install
)

set "PY="
call :try py -3.13
call :try py -3.12
call :try py -3.11
call :try py -3
call :try python
call :try python3
if not defined PY goto nopython

echo memokit wordt klaargezet. Dat gebeurt maar een keer en duurt enkele minuten.
echo Er is internet voor nodig. Laat dit venster open.
%PY% -m venv .venv
if errorlevel 1 goto novenv

:install
rem .venv\requirements.lock is a copy of what is installed: the same, and there is nothing to do.
fc /b requirements.lock .venv\requirements.lock >nul 2>nul && goto start
echo De onderdelen worden opgehaald en geinstalleerd ...
"%VENV%" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
if errorlevel 1 goto noinstall
"%VENV%" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
if errorlevel 1 goto noinstall
copy /y requirements.lock .venv\requirements.lock >nul

:start
echo memokit opent in je browser. Laat dit venster open zolang je werkt; sluit het om te stoppen.
"%VENV%" -m memokit app %*
if errorlevel 1 goto stopped
popd
exit /b 0

:try
if defined PY exit /b 0
%* -c "%TEST%" >nul 2>nul && set "PY=%*"
exit /b 0

:nopython
echo.
echo memokit heeft Python 3.11 of nieuwer nodig, en dat staat nog niet op deze computer.
echo Installeer Python uit de Microsoft Store of van python.org, en dubbelklik daarna opnieuw op dit bestand.
goto wait

:novenv
echo.
echo De map .venv kon niet gemaakt worden. Staat memokit in een map waarin je mag schrijven?
echo Zet de map bijvoorbeeld in Documenten en probeer het opnieuw.
goto wait

:noinstall
echo.
echo Het installeren lukte niet. Is er internet? Kijk naar de melding hierboven en probeer het opnieuw.
goto wait

:stopped
echo.
echo memokit is gestopt met een fout. Kijk naar de melding hierboven.

:wait
echo.
pause
popd
exit /b 1
