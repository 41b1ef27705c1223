provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudtrail" "main" {
  name           = "main"
  s3_bucket_name = "example-trail"

  event_selector {
    include_management_events        = true
    exclude_management_event_sources = ["kms.amazonaws.com"]
  }
}
