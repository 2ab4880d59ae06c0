"""What several rooms of the app share: state, widgets, pages."""
