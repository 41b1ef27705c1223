provider "aws" {
  region = "eu-west-1"
}

resource "aws_cloudtrail" "begins" {
  name           = "begins"
  s3_bucket_name = "example-trail"
}

resource "aws_cloudtrail" "stops" {
  name           = "stops"
  s3_bucket_name = "example-trail"

  event_selector {
    exclude_management_event_sources = ["kms.amazonaws.com"]
  }
}
