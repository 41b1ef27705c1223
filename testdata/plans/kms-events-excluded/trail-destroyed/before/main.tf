provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudtrail" "main" {
  name           = "main"
  s3_bucket_name = "example-trail"

  event_selector {
    exclude_management_event_sources = ["kms.amazonaws.com"]
  }
}
