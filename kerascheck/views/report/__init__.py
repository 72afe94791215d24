"""`kerascheck report`: findings and models of a whole project as one page of HTML."""
